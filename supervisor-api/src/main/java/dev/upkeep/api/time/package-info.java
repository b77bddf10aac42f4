/** Time as plugins see it: a monotonic ticker and timers, so that a test can set both. */
@NullMarked
package dev.upkeep.api.time;

import org.jspecify.annotations.NullMarked;
