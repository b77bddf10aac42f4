package dev.upkeep.health;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.settings.ByteSize;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Range;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * {@code type: memory}: a process must not take more memory than it should.
 *
 * <pre>
 * health:
 *   - type: memory
 *     degradedAbove: 1GiB      # bytes, or KiB, MiB, GiB, TiB; at least one of the two
 *     unhealthyAbove: 2GiB     # at least degradedAbove
 *     sustain: 30s             # from 0s; default 30s
 * </pre>
 *
 * <p>Measured is the resident size of the process and all its descendants together, as {@code VmRSS} in
 * {@code /proc/<pid>/status} gives it: a counter that the kernel keeps anyway, in a stated unit, so that a look costs
 * some tens of microseconds per process. ({@code smaps_rollup} would count a page that several share only once, but walks
 * all page tables for it, milliseconds per GiB under a lock of the child's.) So pages that parent and children share count
 * for each of them, and memory that is swapped out does not count. Descendants whose parents have all ended are not found.
 *
 * <p>UNHEALTHY when every run for {@code sustain} found it above {@code unhealthyAbove}: {@code 2.1GiB resident in 3
 * processes}; DEGRADED likewise with {@code degradedAbove}. One run that finds it at the level or below begins the time
 * anew; {@code sustain: 0s} judges each run by itself. What then becomes of the child is the matter of
 * {@code failureThreshold}: with the defaults (10 s, 3 runs) it is restarted some 50 s after it went above. Linux only, and
 * only for processes: elsewhere the check cannot be made, and the child goes on without.
 */
public final class MemoryFactory implements HealthCheckFactory<MemoryFactory.Settings> {
    static final String TYPE = "memory";

    /**
     * The settings; one of the two levels must be given.
     *
     * @param degradedAbove resident size above which the child is degraded
     * @param unhealthyAbove resident size above which the child is unhealthy
     * @param sustain for how long it must be above, at least 0
     */
    public record Settings(
            @Doc("resident size of the process and its descendants above which the child is degraded") Optional<ByteSize> degradedAbove,
            @Doc("resident size of the process and its descendants above which the child is unhealthy") Optional<ByteSize> unhealthyAbove,
            @Doc("for how long it must be above") @Default("30s") @Range(min = 0) Duration sustain) {
        public Settings {
            Levels.require(bytes(degradedAbove), bytes(unhealthyAbove),
                    degradedAbove.map(ByteSize::toString).orElse("") + " and "
                            + unhealthyAbove.map(ByteSize::toString).orElse(""));
            Positive.requireNotNegative("sustain", sustain);
        }

        static OptionalDouble bytes(Optional<ByteSize> size) {
            return size.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(size.get().bytes());
        }
    }

    /** Returns the check that restarts what takes more than that for 30 s, for an embedding program. */
    public static Choice memory(ByteSize unhealthyAbove) {
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
        return new Memory(settings, context, ProcessTree.of(context, TYPE));
    }
}
