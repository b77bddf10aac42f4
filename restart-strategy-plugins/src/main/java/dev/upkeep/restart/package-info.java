/**
 * The restart strategies and back-offs that come with Upkeep. {@link dev.upkeep.restart.Strategies} and
 * {@link dev.upkeep.restart.Backoffs} choose one from Java; configuration finds the factories by type name.
 */
@NullMarked
package dev.upkeep.restart;

import org.jspecify.annotations.NullMarked;
