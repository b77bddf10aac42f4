/**
 * What a call through a circuit breaker costs, in JMH: Upkeep's beside Resilience4j's and Failsafe's, with equal settings, in
 * one run. {@link dev.upkeep.bench.breaker.Breakers} runs it and prints the table.
 */
@NullMarked
package dev.upkeep.bench.breaker;

import org.jspecify.annotations.NullMarked;
