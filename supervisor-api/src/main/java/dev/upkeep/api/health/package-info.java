/** What the author of a health check writes, and what a check may answer. */
@NullMarked
package dev.upkeep.api.health;

import org.jspecify.annotations.NullMarked;
