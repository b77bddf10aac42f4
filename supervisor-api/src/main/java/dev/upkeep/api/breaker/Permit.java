package dev.upkeep.api.breaker;

import org.jspecify.annotations.Nullable;

/**
 * The right to one call, bound to the state it was given in: a report that comes after a change of that state
 * changes nothing. The first report counts, later ones do nothing. Safe for any thread.
 */
public interface Permit extends AutoCloseable {
    void success();

    /** @param why what was thrown; null where a result was the failure */
    void failure(@Nullable Throwable why);

    /** Gives the permit back uncounted. */
    void ignore();

    /** The same as {@link #ignore()}, unless something was reported before. */
    @Override
    default void close() {
        ignore();
    }
}
