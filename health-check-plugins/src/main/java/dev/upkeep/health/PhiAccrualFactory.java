package dev.upkeep.health;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Defaults;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Range;
import java.time.Duration;
import java.util.Optional;

/**
 * {@code type: phi-accrual}: the child must give signs of life about as regularly as it has done so far. For beats whose
 * pace is not known beforehand, or drifts; where it is known, {@code heartbeat} is simpler.
 *
 * <pre>
 * health:
 *   - type: phi-accrual
 *     expectedInterval: 1s     # from 1ms; default 1s
 *     threshold: 8             # above 0, to 100; default 8
 *     minStdDev: 100ms         # from 1ms; default 100ms
 *     acceptablePause: 3s      # from 0s; default 3s
 * </pre>
 *
 * <p>Signs of life are those of {@code heartbeat} but for its file: {@code context.heartbeat()} of a component, a line
 * {@code {"type":"heartbeat"}} or {@code WATCHDOG=1} of a process; the time of their arrival counts. The intervals between the last 200 of them
 * give a mean and a standard deviation (not below {@code minStdDev}; with a deviation near zero the least delay would be
 * suspicious). The suspicion is φ = −log10 of the chance that a beat of that normal distribution is still to come after so
 * long a silence, {@code acceptablePause} not counted: 1 means that one such silence in ten is no death, 8 one in a
 * hundred million. Before there are intervals, two of {@code expectedInterval} give or take a quarter stand for them.
 *
 * <p>UNHEALTHY once φ has reached {@code threshold}: {@code silent for 4s, phi 8.0, with beats every 1s}. It is judged at
 * the moment when that will be, not at {@code interval}, and the first such answer counts. Never DEGRADED. With the
 * defaults and a beat every second that is some 4.5 s after the last beat. The first beat has its time from the moment the
 * child is ready, and after a pause of the supervisor itself the time begins anew; the interval over such a pause is not
 * taken for one of the child's.
 *
 * <p>The detector is that of N. Hayashibara, X. Défago, R. Yared, T. Katayama, "The φ Accrual Failure Detector", SRDS 2004;
 * names and defaults are those under which Akka made it known. The tail of the normal distribution is the logistic
 * approximation of S. Bowling and others, "A logistic approximation to the cumulative normal distribution", JIEM 2009.
 */
public final class PhiAccrualFactory implements HealthCheckFactory<PhiAccrualFactory.Settings> {
    static final String TYPE = "phi-accrual";
    private static final Duration LEAST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(365);

    /**
     * The settings.
     *
     * @param expectedInterval between beats before any is known, at least 1 ms
     * @param threshold suspicion at which the child is unhealthy, above 0 and at most 100
     * @param minStdDev least standard deviation to calculate with, at least 1 ms
     * @param acceptablePause silence that is never suspicious by itself, at least 0
     */
    public record Settings(
            @Doc("time between beats before any is known") @Default("1s") @Range(min = 0.001) Duration expectedInterval,
            @Doc("suspicion at which the child is unhealthy") @Default("8") @Range(min = 0, max = 100, exclusiveMin = true) double threshold,
            @Doc("least standard deviation of the time between beats to calculate with") @Default("100ms") @Range(min = 0.001) Duration minStdDev,
            @Doc("silence beyond the usual one that is not suspicious") @Default("3s") @Range(min = 0) Duration acceptablePause) {
        public Settings {
            requireMillisecond("expectedInterval", expectedInterval);
            if (!(threshold > 0 && threshold <= 100)) {
                throw new IllegalArgumentException(
                        "threshold must be above 0 and at most 100, but is " + threshold);
            }
            requireMillisecond("minStdDev", minStdDev);
            Positive.requireNotNegative("acceptablePause", acceptablePause);
        }

        private static void requireMillisecond(String name, Duration value) {
            if (value.compareTo(LEAST) < 0) {
                throw new IllegalArgumentException(name + " must be at least 1ms, but is " + value);
            }
        }
    }

    /** Returns the check with its defaults for an embedding program. */
    public static Choice phiAccrual() {
        return Choice.of(TYPE, Defaults.of(Settings.class));
    }

    /** Returns the check of beats that come about so often for an embedding program. */
    public static Choice phiAccrual(Duration expectedInterval) {
        Settings byDefault = Defaults.of(Settings.class);
        return Choice.of(TYPE, new Settings(expectedInterval, byDefault.threshold(), byDefault.minStdDev(),
                byDefault.acceptablePause()));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public boolean judgedByDeadline() {
        return true;
    }

    /** Twice the expected interval: who beats at half of that, as is the custom, beats at the expected one. */
    @Override
    public Optional<Duration> longestSilence(Settings settings) {
        Duration expected = settings.expectedInterval();
        return Optional.of(expected.compareTo(LONGEST) < 0 ? expected.multipliedBy(2) : LONGEST);
    }

    @Override
    public HealthCheck create(Settings settings, CheckContext context) {
        PhiAccrual check = new PhiAccrual(settings, context);
        context.onBeat(check::beat);
        return check;
    }
}
