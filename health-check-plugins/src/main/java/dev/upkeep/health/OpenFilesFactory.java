package dev.upkeep.health;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Range;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * {@code type: open-files}: a process must not hold more descriptors than it should, or come too close to its limit.
 *
 * <pre>
 * health:
 *   - type: open-files
 *     degradedAbove: 5000             # a number, from 0; at least one of the four
 *     unhealthyAbove: 10000           # a number, at least degradedAbove
 *     degradedAboveShare: 0.8         # of the limit, from 0 to 1
 *     unhealthyAboveShare: 0.95       # of the limit, from 0 to 1, at least degradedAboveShare
 * </pre>
 *
 * <p>Counted are the descriptors of the process and of all its descendants: files, sockets, pipes and whatever else is in
 * {@code /proc/<pid>/fd}. The numbers are compared with the sum; the shares with the process that is nearest to
 * its own soft limit of open files, as {@code /proc/<pid>/limits} gives it, because that is a limit of each process.
 * Descendants whose parents have all ended are not found. A process of another user can be looked at by root
 * alone; otherwise that is a fault of the check and not held against the child.
 *
 * <p>UNHEALTHY when there are more than {@code unhealthyAbove}, or more than {@code unhealthyAboveShare} of a limit:
 * {@code 973 open files, limit 1024}; DEGRADED likewise with the other two. Each run is judged by itself, and what becomes
 * of the child is the matter of {@code failureThreshold}. Linux only, and only for processes: elsewhere the check
 * cannot be made, and the child goes on without.
 */
public final class OpenFilesFactory implements HealthCheckFactory<OpenFilesFactory.Settings> {
    static final String TYPE = "open-files";

    /**
     * The settings; one of them must be given.
     *
     * @param degradedAbove descriptors in all above which the child is degraded
     * @param unhealthyAbove descriptors in all above which the child is unhealthy
     * @param degradedAboveShare share of its soft limit above which one process makes the child degraded
     * @param unhealthyAboveShare share of its soft limit above which one process makes the child unhealthy
     */
    public record Settings(
            @Doc("descriptors of the process and its descendants above which the child is degraded") @Range(min = 0) Optional<Integer> degradedAbove,
            @Doc("descriptors of the process and its descendants above which the child is unhealthy") @Range(min = 0) Optional<Integer> unhealthyAbove,
            @Doc("share of its soft limit above which one of the processes makes the child degraded") @Range(min = 0, max = 1) Optional<Double> degradedAboveShare,
            @Doc("share of its soft limit above which one of the processes makes the child unhealthy") @Range(min = 0, max = 1) Optional<Double> unhealthyAboveShare) {
        public Settings {
            if (degradedAbove.isEmpty() && unhealthyAbove.isEmpty() && degradedAboveShare.isEmpty()
                    && unhealthyAboveShare.isEmpty()) {
                throw new IllegalArgumentException(
                        "one of degradedAbove, unhealthyAbove, degradedAboveShare and unhealthyAboveShare must be given");
            }
            requireOrder("degradedAbove", number(degradedAbove), "unhealthyAbove", number(unhealthyAbove),
                    Integer.MAX_VALUE);
            requireOrder("degradedAboveShare", share(degradedAboveShare), "unhealthyAboveShare",
                    share(unhealthyAboveShare), 1);
        }

        private static void requireOrder(
                String lowerName,
                OptionalDouble lower,
                String upperName,
                OptionalDouble upper,
                double most) {
            double least = lower.orElse(0);
            double greatest = upper.orElse(most);
            if (!(least >= 0 && least <= greatest && greatest <= most)) {
                throw new IllegalArgumentException(
                        lowerName + " must be at least 0 and not above " + upperName
                                + (most == 1 ? ", which must be at most 1" : "") + ", but they are "
                                + text(lower) + " and " + text(upper));
            }
        }

        private static String text(OptionalDouble value) {
            return value.isEmpty() ? "not given" : Double.toString(value.getAsDouble());
        }

        static OptionalDouble number(Optional<Integer> number) {
            return number.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(number.get());
        }

        static OptionalDouble share(Optional<Double> share) {
            return share.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(share.get());
        }
    }

    /** Returns the check that there are no more descriptors than that, for an embedding program. */
    public static Choice openFiles(int unhealthyAbove) {
        return Choice.of(TYPE, new Settings(Optional.empty(), Optional.of(unhealthyAbove), Optional.empty(),
                Optional.empty()));
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
        return new OpenFiles(settings, ProcessTree.of(context, TYPE));
    }
}
