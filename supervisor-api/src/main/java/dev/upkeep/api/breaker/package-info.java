/** Circuit breakers: when to stop trying for a while, for calls and for restarts alike. */
@NullMarked
package dev.upkeep.api.breaker;

import org.jspecify.annotations.NullMarked;
