package dev.upkeep.api;

/**
 * What an apply did.
 *
 * @param reply {@code DONE} or {@code UNCHANGED} when all that it changed runs; {@code START_FAILED}, {@code STILL_RUNNING} or
 *         {@code SUPERSEDED} naming the children that could not be started, would not stop, or of which something else was
 *         asked meanwhile, as by the next apply; every other kind means that nothing was changed
 * @param diff what was different
 */
public record Applied(Reply reply, SpecDiff diff) {}
