/**
 * How soon killed processes are back and what a supervisor of many weighs: {@code upkeep run} as it is delivered, beside a
 * small C program of the same design and, where they are installed, the supervisors that Debian has. All are kept under the
 * same load in the same run, in turn. Run from its sources by {@code benchmarks/processes}: it sees the JDK alone.
 */
@NullMarked
package dev.upkeep.bench.process;

import org.jspecify.annotations.NullMarked;
