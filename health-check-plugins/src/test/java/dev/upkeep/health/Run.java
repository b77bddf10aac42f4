package dev.upkeep.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** One run of a check as the runtime does it: on a virtual thread, to be interrupted at its timeout. */
final class Run {
    /** The second that an interrupted run is given (H1), on a machine that has ten times as much to do as it can. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final CompletableFuture<Health> outcome = new CompletableFuture<>();
    private final Thread thread;

    private Run(HealthCheck check) {
        thread = Thread.ofVirtual().name("probe-under-test").start(() -> {
            try {
                outcome.complete(check.probe());
            } catch (Throwable t) {
                outcome.completeExceptionally(t);
            }
        });
    }

    static Run of(HealthCheck check) {
        return new Run(check);
    }

    Health health() throws Exception {
        return outcome.get(50, TimeUnit.SECONDS);
    }

    boolean isOver() {
        return outcome.isDone();
    }

    /** Returns whether it is at work in a class of that package just now. */
    boolean isWithin(String packageName) {
        return Arrays.stream(thread.getStackTrace()).anyMatch(f -> f.getClassName().startsWith(packageName));
    }

    /** Interrupts it as at its timeout: it must end within the grace, one way or the other. */
    void interrupt() throws Exception {
        thread.interrupt();
        assertThat(thread.join(GRACE)).as("the run has ended soon after its interrupt").isTrue();
    }

    /** Returns what it threw. */
    Throwable thrown() throws Exception {
        try {
            throw new AssertionError("it threw nothing, but answered " + health());
        } catch (ExecutionException e) {
            return Objects.requireNonNull(e.getCause());
        }
    }
}
