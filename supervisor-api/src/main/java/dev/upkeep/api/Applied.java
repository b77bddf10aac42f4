package dev.upkeep.api;

/**
 * What an apply did.
 *
 * @param reply {@code DONE} or {@code UNCHANGED} when all that it changed runs, {@code START_FAILED} naming the children that
 *         could not be started; every other kind means that nothing was changed
 * @param diff what was different
 */
public record Applied(Reply reply, SpecDiff diff) {}
