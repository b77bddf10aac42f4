package dev.upkeep.health;

import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Defaults;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.api.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An instance whose time and reports are numbers the test sets. Its clock is about to wrap. */
final class FakeContext implements CheckContext {
    private record Due(long nanos, Runnable task) {}

    final Map<String, HealthCheck> scripted = new HashMap<>();
    private final List<Due> dues = new ArrayList<>();
    private long nanos = Long.MAX_VALUE - 1_000_000_000;
    private long quietSince = nanos;
    private long ok;
    private long failed;
    private OptionalLong pid = OptionalLong.empty();
    private Instant wall = Instant.EPOCH;
    private final List<LongConsumer> beatListeners = new ArrayList<>();
    private final List<Consumer<String>> lineListeners = new ArrayList<>();

    void advance(Duration by) {
        long until = nanos + by.toNanos();
        for (Optional<Due> next = next(until); next.isPresent(); next = next(until)) {
            dues.remove(next.get());
            nanos = next.get().nanos();
            next.get().task().run();
        }
        nanos = until;
    }

    /** By difference, as the clock may wrap. */
    private Optional<Due> next(long until) {
        return dues.stream()
                .filter(due -> due.nanos() - until <= 0)
                .min((a, b) -> Long.signum(a.nanos() - b.nanos()));
    }

    void beat() {
        beatListeners.forEach(listener -> listener.accept(nanos));
        quietSince = nanos;
    }

    /** The supervisor notices that it was paused itself: silence begins anew. */
    void noticePause() {
        quietSince = nanos;
    }

    void line(String line) {
        lineListeners.forEach(listener -> listener.accept(line));
    }

    FakeContext withPid(long number) {
        pid = OptionalLong.of(number);
        return this;
    }

    void setWall(Instant now) {
        wall = now;
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
        return pid;
    }

    @Override
    public Ticker ticker() {
        return () -> nanos;
    }

    @Override
    public InstantSource clock() {
        return () -> wall;
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
        beatListeners.add(listener);
    }

    @Override
    public void onLine(Pattern pattern, Consumer<String> listener) {
        lineListeners.add(line -> {
            if (pattern.matcher(line).find()) {
                listener.accept(line);
            }
        });
    }

    /** Makes what the test has scripted, or else a built-in check. */
    @Override
    public HealthCheck make(Choice check) {
        HealthCheck made = scripted.get(check.type());
        if (made != null) {
            return made;
        }
        for (HealthCheckFactory<?> factory : ServiceLoader.load(HealthCheckFactory.class)) {
            if (factory.type().equals(check.type())) {
                return create(factory, check);
            }
        }
        throw new IllegalArgumentException("no health check is named '" + check.type() + "'");
    }

    private <S extends Record> HealthCheck create(HealthCheckFactory<S> factory, Choice check) {
        return factory.create(check.settings()
                .map(factory.settings()::cast)
                .orElseGet(() -> Defaults.of(factory.settings())), this);
    }

    /** Tasks run when the test advances the time to them. */
    @Override
    public Timers timers() {
        return (delay, task) -> {
            Due due = new Due(nanos + delay.toNanos(), task);
            dues.add(due);
            return () -> dues.remove(due);
        };
    }

    @Override
    public Outcomes outcomes() {
        return new Outcomes(ok, failed);
    }
}
