package dev.upkeep.restart;

import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.BackoffFactory;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Range;
import java.time.Duration;
import java.util.Optional;

/**
 * {@code crash-loop}: waits as Kubernetes does before it restarts a container that fails again and again
 * (<a href="https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy">CrashLoopBackOff</a>): 10 s, 20 s,
 * 40 s and so on up to 300 s, and from 10 s again once a child has been ready for 10 minutes.
 *
 * <p>Other than there, chance takes away up to {@code jitter} of each wait (K2); a jitter of 0 gives Kubernetes' own numbers. For
 * any others take {@code exponential}.
 */
public final class CrashLoopFactory implements BackoffFactory<CrashLoopFactory.Settings> {
    private static final Duration INITIAL = Duration.ofSeconds(10);
    private static final Duration MAX = Duration.ofSeconds(300);
    private static final Duration RESET_AFTER = Duration.ofMinutes(10);

    /**
     * What can be set.
     *
     * @param jitter from 0 to 1
     */
    public record Settings(
            @Doc("the part of a wait that chance may take away") @Default("0.3") @Range(min = 0, max = 1) double jitter) {
        public Settings {
            Waits.requireShare("jitter", jitter);
        }
    }

    private record CrashLoop(Exponential waits) implements Backoff {
        @Override
        public Duration delay(Attempt attempt) {
            return waits.delay(attempt);
        }

        @Override
        public Optional<Duration> resetAfter() {
            return Optional.of(RESET_AFTER);
        }
    }

    @Override
    public String type() {
        return "crash-loop";
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public Backoff create(Settings settings) {
        return new CrashLoop(new Exponential(INITIAL.toNanos(), 2, MAX.toNanos(), settings.jitter()));
    }
}
