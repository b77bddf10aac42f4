package dev.upkeep.health;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Range;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * {@code type: cpu}: a process must not burn more processors than it should.
 *
 * <pre>
 * health:
 *   - type: cpu
 *     degradedAbove: 0.9       # in cores: 0.9 is nine tenths of one, 3.5 three and a half; at least one of the two
 *     unhealthyAbove: 3.5      # in cores, at least degradedAbove
 *     sustain: 30s             # from 0s; default 30s
 * </pre>
 *
 * <p>Measured is the processor time, user and system, that the process and all its descendants took between two runs of
 * the check, divided by the time between the runs, whatever the number of cores of the host: one busy thread is 1.
 * From {@code /proc/<pid>/stat}, in steps of 10 ms. Descendants that ended meanwhile count if their parents waited for
 * them; those whose parents have all ended are not found. The first run only begins the measurement, and a run
 * less than 100 ms after the last repeats its answer.
 *
 * <p>UNHEALTHY when every run for {@code sustain} found it above {@code unhealthyAbove}: {@code 3.97 cores in 2
 * processes}; DEGRADED likewise with {@code degradedAbove}. One run that finds it at the level or below begins the time
 * anew; {@code sustain: 0s} judges each run by itself. Linux only, and only for processes: elsewhere the check cannot be
 * made, and the child goes on without.
 */
public final class CpuFactory implements HealthCheckFactory<CpuFactory.Settings> {
    static final String TYPE = "cpu";

    /**
     * The settings; one of the two levels must be given.
     *
     * @param degradedAbove cores above which the child is degraded
     * @param unhealthyAbove cores above which the child is unhealthy
     * @param sustain for how long it must be above, at least 0
     */
    public record Settings(
            @Doc("cores that the process and its descendants keep busy above which the child is degraded; 1 is one core") @Range(min = 0) Optional<Double> degradedAbove,
            @Doc("cores that the process and its descendants keep busy above which the child is unhealthy; 1 is one core") @Range(min = 0) Optional<Double> unhealthyAbove,
            @Doc("for how long it must be above") @Default("30s") @Range(min = 0) Duration sustain) {
        public Settings {
            degradedAbove.ifPresent(cores -> requireCores("degradedAbove", cores));
            unhealthyAbove.ifPresent(cores -> requireCores("unhealthyAbove", cores));
            Levels.require(number(degradedAbove), number(unhealthyAbove),
                    degradedAbove.map(String::valueOf).orElse("") + " and "
                            + unhealthyAbove.map(String::valueOf).orElse(""));
            Positive.requireNotNegative("sustain", sustain);
        }

        private static void requireCores(String name, double cores) {
            if (!(cores >= 0)) {
                throw new IllegalArgumentException(name + " must be at least 0 cores, but is " + cores);
            }
        }

        static OptionalDouble number(Optional<Double> cores) {
            return cores.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(cores.get());
        }
    }

    /** Returns the check that restarts what keeps more cores busy than that for 30 s, for an embedding program. */
    public static Choice cpu(double unhealthyAbove) {
        return Choice.of(TYPE,
                new Settings(Optional.empty(), Optional.of(unhealthyAbove), Duration.ofSeconds(30)));
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
        return new Cpu(settings, context, ProcessTree.of(context, TYPE));
    }
}
