package dev.upkeep.probe;

import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Defaults;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.probe.Attempt.Result;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes the checks of instances by the names of their types. */
record CheckMaker(Function<String, Optional<HealthCheckFactory<?>>> factories, Ticker ticker,
        InstantSource clock) {
    /** Returns the making of the check, to be called on a thread of its own. */
    Callable<Result> call(Probe probe, long seed) {
        Choice choice = probe.spec.check();
        HealthCheckFactory<?> factory = factories.apply(choice.type()).orElse(null);
        if (factory == null) {
            return () -> {
                throw new IllegalArgumentException("no health check is named '" + choice.type() + "'");
            };
        }
        probe.loader = factory.getClass().getClassLoader();
        return () -> new Result.Made(make(factory, probe, seed));
    }

    private <S extends Record> HealthCheck make(HealthCheckFactory<S> factory, Probe probe, long seed) {
        Class<S> type = factory.settings();
        Record given = probe.spec.check().settings().orElse(null);
        if (given != null && !type.isInstance(given)) {
            throw new IllegalArgumentException("'" + factory.type() + "' takes settings of " + type.getName()
                    + ", not of " + given.getClass().getName());
        }
        S settings = given == null ? Defaults.of(type) : type.cast(given);
        // java.util.Random, as a check may draw from any thread.
        @Nullable
        HealthCheck made = factory.create(settings,
                new InstanceCheckContext(probe.child, ticker, clock, new Random(seed), factory.type()));
        return Objects.requireNonNull(made, "the factory returned nothing");
    }
}
