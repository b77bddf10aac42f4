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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes the checks of instances by the names of their types. Safe for any thread. */
record CheckMaker(Function<String, Optional<HealthCheckFactory<?>>> factories, Ticker ticker,
        InstantSource clock,
        CheckTimers timers) {
    /** Makes the check; its factory's loader is the context loader of this thread from now on. */
    Result make(Probe probe) {
        HealthCheckFactory<?> factory = factory(probe.spec.check());
        ClassLoader loader = factory.getClass().getClassLoader();
        Thread.currentThread().setContextClassLoader(loader);
        // java.util.Random, as a check may draw from any thread.
        InstanceCheckContext context = new InstanceCheckContext(probe.child, this, new Random(probe.seed),
                loader,
                factory.type());
        return new Result.Made(create(factory, probe.spec.check(), context), loader);
    }

    /** Makes a check for another one, which will call it. */
    HealthCheck make(Choice choice, InstanceCheckContext host) {
        HealthCheckFactory<?> factory = factory(choice);
        ClassLoader loader = factory.getClass().getClassLoader();
        InstanceCheckContext context = new InstanceCheckContext(host.child(), this, host.random(), loader,
                factory.type());
        if (loader == host.loader()) {
            return create(factory, choice, context);
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return GuestCheck.of(create(factory, choice, context), loader);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private HealthCheckFactory<?> factory(Choice choice) {
        return factories.apply(choice.type())
                .orElseThrow(() -> new IllegalArgumentException(
                        "no health check is named '" + choice.type() + "'"));
    }

    private static <S extends Record> HealthCheck create(
            HealthCheckFactory<S> factory,
            Choice choice,
            InstanceCheckContext context) {
        Class<S> type = factory.settings();
        Record given = choice.settings().orElse(null);
        if (given != null && !type.isInstance(given)) {
            throw new IllegalArgumentException("'" + choice.type() + "' takes settings of " + type.getName()
                    + ", not of " + given.getClass().getName());
        }
        S settings = given == null ? Defaults.of(type) : type.cast(given);
        @Nullable
        HealthCheck made = factory.create(settings, context);
        return Objects.requireNonNull(made, "the factory returned nothing");
    }
}
