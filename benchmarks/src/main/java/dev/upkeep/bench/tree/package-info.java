/**
 * What trees of components cost, through the public door of an embedding program, beside bare virtual threads with no rules.
 * {@code Table} runs each row in a JVM of its own; {@code Row} is what runs there.
 */
@NullMarked
package dev.upkeep.bench.tree;

import org.jspecify.annotations.NullMarked;
