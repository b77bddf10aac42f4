/**
 * What there is to know about one child: where it stands in the tree, what is wanted of it, what it is
 * doing, how it ended. The words here are used in code, configuration, events and on the command line alike.
 */
@NullMarked
package dev.upkeep.api.child;

import org.jspecify.annotations.NullMarked;
