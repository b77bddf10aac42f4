/**
 * Schedules and runs the checks of live instances, and turns their answers into events. The door is
 * {@link dev.upkeep.probe.ProbeSchedule}; what an answer counts for is decided by values in {@code supervise}.
 */
@NullMarked
package dev.upkeep.probe;

import org.jspecify.annotations.NullMarked;
