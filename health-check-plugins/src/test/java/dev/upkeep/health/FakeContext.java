package dev.upkeep.health;

import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.api.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An instance whose time and reports are numbers the test sets. Its clock is about to wrap. */
final class FakeContext implements CheckContext {
    private long nanos = Long.MAX_VALUE - 1_000_000_000;
    private long quietSince = nanos;
    private long ok;
    private long failed;

    void advance(Duration by) {
        nanos += by.toNanos();
    }

    void beat() {
        quietSince = nanos;
    }

    void calls(long moreOk, long moreFailed) {
        ok += moreOk;
        failed += moreFailed;
    }

    @Override
    public ChildPath path() {
        return new ChildPath("shop/api");
    }

    @Override
    public long generation() {
        return 1;
    }

    @Override
    public OptionalLong pid() {
        return OptionalLong.empty();
    }

    @Override
    public Ticker ticker() {
        return () -> nanos;
    }

    @Override
    public InstantSource clock() {
        return InstantSource.fixed(Instant.EPOCH);
    }

    @Override
    public RandomGenerator random() {
        return new Random(1);
    }

    @Override
    public Logger log() {
        return LoggerFactory.getLogger(FakeContext.class);
    }

    @Override
    public long quietSinceNanos() {
        return quietSince;
    }

    @Override
    public void onBeat(LongConsumer listener) {
        throw new AssertionError("nobody asked");
    }

    @Override
    public void onLine(Pattern pattern, Consumer<String> listener) {
        throw new AssertionError("nobody asked");
    }

    @Override
    public HealthCheck make(Choice check) {
        throw new AssertionError("nobody asked");
    }

    @Override
    public Timers timers() {
        throw new AssertionError("nobody asked");
    }

    @Override
    public Outcomes outcomes() {
        return new Outcomes(ok, failed);
    }
}
