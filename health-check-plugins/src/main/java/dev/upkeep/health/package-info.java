/** Built-in health checks; each a factory with its settings record. */
@NullMarked
package dev.upkeep.health;

import org.jspecify.annotations.NullMarked;
