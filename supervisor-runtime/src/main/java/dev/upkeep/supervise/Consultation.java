package dev.upkeep.supervise;

import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.Failure;
import dev.upkeep.api.restart.GroupPlan;
import dev.upkeep.api.restart.RestartStrategy;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The questions to plugins that a failure raises. The core has closed the books on the instance and stands still until the
 * answer comes as {@link Event.Advised}: before any other event. So a plugin that does not return has the state of the tree
 * unchanged, and another thread can go on from {@link #without}.
 */
public final class Consultation {
    private final InstanceId about;
    private final @Nullable Backoff backoff;
    private final Backoff.Attempt attempt;
    private final @Nullable RestartStrategy strategy;
    private final Failure failure;
    private final SeenSiblings siblings;
    private final String lost;
    private volatile Asking asking = Asking.NOBODY;

    /** Which plugin is asked at the moment. */
    public enum Asking {
        NOBODY, BACKOFF, STRATEGY
    }

    Consultation(InstanceId about, Backoff backoff, Backoff.Attempt attempt, RestartStrategy strategy,
            Failure failure, SeenSiblings siblings) {
        this(about, backoff, attempt, strategy, failure, siblings, "");
    }

    private Consultation(InstanceId about, @Nullable Backoff backoff, Backoff.Attempt attempt,
            @Nullable RestartStrategy strategy, Failure failure, SeenSiblings siblings, String lost) {
        this.about = about;
        this.backoff = backoff;
        this.attempt = attempt;
        this.strategy = strategy;
        this.failure = failure;
        this.siblings = siblings;
        this.lost = lost;
    }

    public InstanceId about() {
        return about;
    }

    /** Returns whom it waits for. For any thread. */
    public Asking asking() {
        return asking;
    }

    /** Returns the same questions, but for the plugin that does not return. */
    public Consultation without(Asking hanging, String fault) {
        return new Consultation(about, hanging == Asking.BACKOFF ? null : backoff, attempt,
                hanging == Asking.STRATEGY ? null : strategy, failure, siblings, fault);
    }

    /** Asks. What plugins throw is caught; only they can make it take long. */
    public Event.Advised ask() {
        Duration delay = null;
        Duration resetAfter = null;
        GroupPlan plan = null;
        String backoffFault = backoff == null ? lost : "";
        String strategyFault = strategy == null ? lost : "";
        if (backoff != null) {
            asking = Asking.BACKOFF;
            try {
                delay = backoff.delay(attempt);
                Optional<Duration> reset = backoff.resetAfter();
                resetAfter = reset == null ? null : reset.orElse(null);
                if (delay == null || delay.isNegative()) {
                    backoffFault = "back-off answered with " + delay;
                    delay = null;
                }
            } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
                backoffFault = "back-off failed: " + e;
            }
        }
        if (strategy != null) {
            asking = Asking.STRATEGY;
            try {
                plan = strategy.plan(failure, siblings);
                strategyFault = plan == null ? "strategy's plan refused: it is null" : "";
            } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
                strategyFault = "strategy failed: " + e;
            }
        }
        asking = Asking.NOBODY;
        siblings.close();
        return new Event.Advised(about,
                new Advice(delay, resetAfter, plan, backoffFault, strategyFault, !lost.isEmpty()));
    }
}
