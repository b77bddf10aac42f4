/** What the author of a restart strategy or a back-off writes. Both are pure functions, called on the tree's loop. */
@NullMarked
package dev.upkeep.api.restart;

import org.jspecify.annotations.NullMarked;
