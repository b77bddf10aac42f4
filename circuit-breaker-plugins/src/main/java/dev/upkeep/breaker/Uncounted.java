package dev.upkeep.breaker;

import dev.upkeep.api.breaker.Permit;
import org.jspecify.annotations.Nullable;

/** The permit of a breaker that counts nothing. */
enum Uncounted implements Permit {
    PERMIT;

    @Override
    public void success() {}

    @Override
    public void failure(@Nullable Throwable why) {}

    @Override
    public void ignore() {}
}
