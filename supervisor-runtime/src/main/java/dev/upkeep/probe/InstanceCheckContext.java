package dev.upkeep.probe;

import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.api.time.Timers;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a check is told of its instance. */
record InstanceCheckContext(ProbedChild child, CheckMaker maker, RandomGenerator random,
        @Nullable ClassLoader loader, String type) implements CheckContext {
    @Override
    public Ticker ticker() {
        return maker.ticker();
    }

    @Override
    public InstantSource clock() {
        return maker.clock();
    }

    @Override
    public ChildPath path() {
        return child.instance.path();
    }

    @Override
    public long generation() {
        return child.instance.generation();
    }

    @Override
    public OptionalLong pid() {
        return child.pid;
    }

    @Override
    public Logger log() {
        return LoggerFactory.getLogger("dev.upkeep.check." + type);
    }

    @Override
    public long quietSinceNanos() {
        return child.vitals.lastBeatNanos(child.quietBase);
    }

    @Override
    public void onBeat(LongConsumer listener) {
        child.vitals.onBeat(child.instance + "-" + type, listener);
    }

    @Override
    public void onLine(Pattern pattern, Consumer<String> listener) {
        child.vitals.onLine("lines-" + child.instance + "-" + type, pattern, listener);
    }

    @Override
    public HealthCheck make(Choice check) {
        return maker.make(check, this);
    }

    @Override
    public Timers timers() {
        return (delay, task) -> maker.timers().after(this, delay, task);
    }

    @Override
    public Outcomes outcomes() {
        return child.vitals.outcomes();
    }
}
