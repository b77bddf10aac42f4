/**
 * The decisions. The whole tree as one state machine: a state, an event and the time give a new state and actions.
 *
 * <p>Nothing here has a thread, a clock, a log, or touches the world: who calls {@code Tree} with
 * the same events at the same times gets the same actions. The rules are those of the page "Supervision tree".
 */
@NullMarked
package dev.upkeep.supervise;

import org.jspecify.annotations.NullMarked;
