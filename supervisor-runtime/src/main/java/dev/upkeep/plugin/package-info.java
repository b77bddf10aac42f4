/**
 * What is installed: finds the factories of health checks, restart strategies, back-offs and circuit breakers on the
 * class path and in {@code plugins/}, keeps a broken jar from hurting the rest, and makes what a tree needs of them.
 * Doors: {@link dev.upkeep.plugin.PluginScan} and {@link dev.upkeep.plugin.Catalog}. Knows the API alone.
 */
@NullMarked
package dev.upkeep.plugin;

import org.jspecify.annotations.NullMarked;
