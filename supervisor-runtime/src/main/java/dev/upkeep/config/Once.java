package dev.upkeep.config;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks for a value when it is first wanted, and no second time. For one thread. */
final class Once<T> implements Supplier<T> {
    private final Supplier<T> source;
    private @Nullable T value;

    Once(Supplier<T> source) {
        this.source = source;
    }

    @Override
    public T get() {
        T known = value;
        if (known == null) {
            known = source.get();
            value = known;
        }
        return known;
    }
}
