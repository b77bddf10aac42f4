package dev.upkeep.api.restart;

import dev.upkeep.api.child.Cause;

/**
 * The child that is to be restarted.
 *
 * @param id among its siblings
 * @param cause why its last instance ended
 */
public record Failure(String id, Cause cause) {}
