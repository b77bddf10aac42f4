/** Built-in circuit breakers. */
@NullMarked
package dev.upkeep.breaker;

import org.jspecify.annotations.NullMarked;
