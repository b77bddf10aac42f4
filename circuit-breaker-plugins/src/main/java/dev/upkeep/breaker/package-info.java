/**
 * The circuit breakers that come with Upkeep. {@link dev.upkeep.breaker.CircuitBreakers} chooses one from Java;
 * configuration finds the factories by type name.
 *
 * <p>A breaker is one immutable {@code Node} that is swapped by compare-and-set; a permit remembers the node it was
 * given in. What a closed breaker counts, and when that is enough, is its {@code TripRule}. What settings
 * say, and can say anew at any time, are its {@code Terms}.
 */
@NullMarked
package dev.upkeep.breaker;

import org.jspecify.annotations.NullMarked;
