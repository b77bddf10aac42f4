/**
 * The life around the decisions: one loop per tree owns the state, takes events from its queue, performs actions
 * through ports, and publishes a snapshot. The api's handle is implemented here, on snapshot and queue.
 */
@NullMarked
package dev.upkeep.tree;

import org.jspecify.annotations.NullMarked;
