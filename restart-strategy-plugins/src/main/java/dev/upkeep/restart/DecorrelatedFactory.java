package dev.upkeep.restart;

import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.BackoffFactory;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.api.settings.Range;
import java.time.Duration;

/**
 * {@code decorrelated}: each wait is drawn anew between {@code initial} and three times the wait before, up to a limit. Children
 * that died together drift apart at once, and stay apart.
 *
 * <p>It is the "decorrelated jitter" of Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015
 * (<a href="https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/">aws.amazon.com</a>), with one difference:
 * there a draw above the cap becomes the cap, so that after some failures many wait exactly as long as each other. Here the cap
 * comes first (K2): with {@code e = min(max, 3 · previous)}, {@code previous} being {@code initial} before the first attempt, the
 * wait is uniform between {@code initial} and {@code e}.
 */
public final class DecorrelatedFactory implements BackoffFactory<DecorrelatedFactory.Settings> {
    /**
     * What can be set.
     *
     * @param initial at least 1 ms
     * @param max not shorter than {@code initial}
     */
    public record Settings(
            @Doc("the shortest wait") @Default("1s") @Range(min = 0.001) Duration initial,
            @Doc("the longest wait") @Default("60s") @Range(min = 0.001) Duration max) {
        public Settings {
            Waits.requireRising("initial", initial, max);
        }
    }

    @Override
    public String type() {
        return "decorrelated";
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public Backoff create(Settings settings) {
        return new Decorrelated(Durations.saturatedNanos(settings.initial()),
                Durations.saturatedNanos(settings.max()));
    }
}
