/** What survives the supervisor, in its state directory; and the lock that keeps a second supervisor out of it. */
@NullMarked
package dev.upkeep.state;

import org.jspecify.annotations.NullMarked;
