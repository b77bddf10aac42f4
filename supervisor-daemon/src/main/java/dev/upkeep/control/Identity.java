package dev.upkeep.control;

import java.time.Instant;

/**
 * What a supervisor says about itself.
 *
 * @param name of the tree's root
 * @param since when it began
 */
public record Identity(String name, long pid, Instant since, String version) {}
