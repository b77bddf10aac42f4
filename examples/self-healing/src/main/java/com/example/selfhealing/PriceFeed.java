package com.example.selfhealing;

import dev.upkeep.api.Component;
import dev.upkeep.api.ComponentContext;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Range;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** A component as a stranger writes it: it beats while it works, and now and then its work fails. */
public final class PriceFeed implements Component {
    /** What {@code settings:} of the child may say. */
    public record Settings(
            @Doc("time between two prices") @Default("2s") @Range(min = 0.001) Duration every,
            @Doc("how often fetching fails: one time in so many") @Default("10") @Range(min = 1) int failOneIn) {}

    private final Settings settings;

    public PriceFeed(Settings settings) {
        this.settings = settings;
    }

    @Override
    public void run(ComponentContext context) throws Exception {
        context.heartbeat();
        while (!context.awaitStop(settings.every())) {
            if (ThreadLocalRandom.current().nextInt(settings.failOneIn()) == 0) {
                throw new IllegalStateException("the exchange closed the connection");
            }
            context.heartbeat();
        }
    }
}
