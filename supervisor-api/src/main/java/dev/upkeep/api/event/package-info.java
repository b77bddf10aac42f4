/** The one ordered stream of what happens in a tree, and those who listen to it. */
@NullMarked
package dev.upkeep.api.event;

import org.jspecify.annotations.NullMarked;
