/**
 * Whole-process measurements of an unpacked distribution. {@code benchmarks/first-tree} runs them from the sources, so they
 * need the JDK alone.
 */
@NullMarked
package dev.upkeep.bench;

import org.jspecify.annotations.NullMarked;
