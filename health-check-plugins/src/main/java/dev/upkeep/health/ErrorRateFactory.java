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
 * {@code type: error-rate}: what the child does must not fail too often.
 *
 * <pre>
 * health:
 *   - type: error-rate
 *     window: 60s           # longer than zero; default 60s
 *     minimumCalls: 20      # at least 1; default 20
 *     degradedAbove: 0.10   # a share from 0 to 1; default 0.10
 *     unhealthyAbove: 0.50  # a share from 0 to 1, at least degradedAbove; default 0.50
 *     idleAfter: 5m         # optional; off by default
 * </pre>
 *
 * <p>Calls are recorded by {@code context.record(ok)} of a component and by what it calls through its breakers, or by a
 * line {@code {"type":"outcome","ok":9,"failed":1}} of a process on its stdout. They are looked at whenever the check runs
 * (see {@code interval}); the window therefore covers up to a tenth, or one interval, more than its length.
 *
 * <p>UNHEALTHY when more than {@code unhealthyAbove} of the calls within the window failed; DEGRADED when more
 * than {@code degradedAbove} did, or when nothing was recorded for {@code idleAfter}. HEALTHY otherwise, and while
 * fewer than {@code minimumCalls} lie within the window.
 */
public final class ErrorRateFactory implements HealthCheckFactory<ErrorRateFactory.Settings> {
    static final String TYPE = "error-rate";

    /**
     * The settings.
     *
     * @param window how far back calls count, longer than zero
     * @param minimumCalls fewer than these are not judged
     * @param degradedAbove share of failed calls above which the child is degraded
     * @param unhealthyAbove share of failed calls above which the child is unhealthy
     * @param idleAfter how long nothing may be recorded; off if empty
     */
    public record Settings(
            @Doc("how far back calls count") @Default("60s") @Range(min = 0, exclusiveMin = true) Duration window,
            @Doc("calls in the window below which nothing is judged") @Default("20") @Range(min = 1) int minimumCalls,
            @Doc("share of failed calls above which the child is degraded") @Default("0.10") @Range(min = 0, max = 1) double degradedAbove,
            @Doc("share of failed calls above which the child is unhealthy") @Default("0.50") @Range(min = 0, max = 1) double unhealthyAbove,
            @Doc("degraded when nothing was recorded for so long; off unless given") @Range(min = 0, exclusiveMin = true) Optional<Duration> idleAfter) {
        public Settings {
            Positive.require("window", window);
            if (minimumCalls < 1) {
                throw new IllegalArgumentException("minimumCalls must be at least 1, but is " + minimumCalls);
            }
            if (!(degradedAbove >= 0 && degradedAbove <= unhealthyAbove && unhealthyAbove <= 1)) {
                throw new IllegalArgumentException(
                        "degradedAbove must be at least 0 and not above unhealthyAbove, "
                                + "which must be at most 1, but they are " + degradedAbove + " and "
                                + unhealthyAbove);
            }
            idleAfter.ifPresent(idle -> Positive.require("idleAfter", idle));
        }
    }

    /** Returns the check with its defaults for an embedding program. */
    public static Choice errorRate() {
        return Choice.of(TYPE, Defaults.of(Settings.class));
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
    public HealthCheck create(Settings settings, CheckContext context) {
        return new ErrorRate(settings, context);
    }
}
