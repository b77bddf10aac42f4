package dev.upkeep.config;

/**
 * Something wrong in a configuration.
 *
 * @param file the name of the one it stands in: the configuration's, or that of an environment file
 * @param line from 1
 * @param column from 1
 * @param path the keys that lead there, as in {@code children.api.health[0].timeout}; empty for the file as a whole
 * @param message what was found, what is allowed, the nearest right spelling; further lines are remarks
 */
public record Problem(String file, int line, int column, String path, String message) {}
