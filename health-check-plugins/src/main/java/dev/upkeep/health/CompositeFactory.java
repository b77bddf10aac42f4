package dev.upkeep.health;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Range;
import java.util.List;
import java.util.Optional;

/**
 * {@code type: composite}: several checks answer as one.
 *
 * <pre>
 * health:
 *   - type: composite
 *     mode: quorum          # all, any or quorum; default all
 *     quorum: 2             # with mode quorum alone, and required there: from 1 to the number of checks
 *     checks:               # required, 1 to 16; each with its type and its own settings
 *       - {type: tcp, port: 5432}
 *       - {type: http, url: "http://127.0.0.1:8080/healthz"}
 *       - exec: …
 * </pre>
 *
 * <p>The answers are put in order, the best first: HEALTHY, then what is unknown because the check failed itself, then DEGRADED,
 * then UNHEALTHY. The answer of the whole is the last one for {@code all}, the first one for {@code any}, and the one in place
 * {@code quorum} for {@code quorum}. So:
 *
 * <table>
 * <caption>Answers</caption>
 * <tr><th></th><th>all</th><th>any</th><th>quorum: N</th></tr>
 * <tr><td>HEALTHY</td><td>all are</td><td>one is</td><td>N are</td></tr>
 * <tr><td>a fault of the check</td><td>one failed itself, the others are HEALTHY</td><td>one failed itself, none is
 * HEALTHY</td><td>fewer than N are HEALTHY, N with those that failed themselves</td></tr>
 * <tr><td>DEGRADED</td><td>one is, none is UNHEALTHY</td><td>one is, the others are UNHEALTHY</td><td>N only with those that
 * are DEGRADED</td></tr>
 * <tr><td>UNHEALTHY</td><td>one is</td><td>all are</td><td>more are than can be spared</td></tr>
 * </table>
 *
 * <p>The reason names each check that is not well, by its type, and by its number where a type is there twice.
 *
 * <p>The checks run at once, each on a virtual thread of its own, at the interval of the whole; a check that waits for a deadline
 * elsewhere ({@code heartbeat}) is asked at the interval as well. The keys of all checks ({@code interval}, {@code timeout} and
 * so on) belong to the whole. With {@code any} and {@code quorum} the others are interrupted as soon as enough are HEALTHY, so that one
 * that hangs holds nobody up; at {@code timeout} all are interrupted. A check that does not end then keeps the whole from
 * ending. A composite may hold composites, three deep.
 */
public final class CompositeFactory implements HealthCheckFactory<CompositeFactory.Settings> {
    static final String TYPE = "composite";
    private static final int MOST_CHECKS = 16;
    private static final int DEEPEST = 3;

    /** How many of the checks must be well. */
    public enum Mode {
        /** Each of them. */
        ALL,
        /** One of them. */
        ANY,
        /** As many as {@code quorum} says. */
        QUORUM
    }

    /**
     * The settings.
     *
     * @param mode how many must be well
     * @param quorum how many, with {@link Mode#QUORUM} alone
     * @param checks what is asked
     */
    public record Settings(
            @Doc("how many of the checks must be well: all, any or quorum") @Default("all") Mode mode,
            @Doc("how many must be well, with mode quorum") @Range(min = 1, max = MOST_CHECKS) Optional<Integer> quorum,
            @Doc("the checks, each with its type and settings; 1 to 16") List<Choice> checks) {
        public Settings {
            checks = List.copyOf(checks);
            if (checks.isEmpty() || checks.size() > MOST_CHECKS) {
                throw new IllegalArgumentException(
                        "checks must be from 1 to " + MOST_CHECKS + ", but are " + checks.size());
            }
            if (quorum.isPresent() != (mode == Mode.QUORUM)) {
                throw new IllegalArgumentException(mode == Mode.QUORUM
                        ? "quorum must be given with mode quorum"
                        : "quorum must be given with mode quorum alone, but is " + quorum.get());
            }
            int most = checks.size();
            if (quorum.filter(n -> n < 1 || n > most).isPresent()) {
                throw new IllegalArgumentException("quorum must be from 1 to the number of checks, " + most
                        + ", but is " + quorum.get());
            }
            int depth = depth(checks);
            if (depth > DEEPEST) {
                throw new IllegalArgumentException("checks must hold composites at most " + DEEPEST
                        + " deep, but it is " + depth);
            }
        }

        private static int depth(List<Choice> checks) {
            int deepest = 0;
            for (Choice check : checks) {
                if (check.settings().orElse(null) instanceof Settings inner) {
                    deepest = Math.max(deepest, depth(inner.checks()));
                }
            }
            return deepest + 1;
        }

        /** Returns how many must be well. */
        int needed() {
            return switch (mode) {
                case ALL -> checks.size();
                case ANY -> 1;
                case QUORUM -> quorum.orElse(checks.size());
            };
        }
    }

    /** Returns a check that needs each of these, for an embedding program: {@code allOf(tcp(5432), heartbeat())}. */
    public static Choice allOf(Choice... checks) {
        return Choice.of(TYPE, new Settings(Mode.ALL, Optional.empty(), List.of(checks)));
    }

    /** Returns a check that needs one of these. */
    public static Choice anyOf(Choice... checks) {
        return Choice.of(TYPE, new Settings(Mode.ANY, Optional.empty(), List.of(checks)));
    }

    /** Returns a check that needs so many of these. */
    public static Choice quorumOf(int needed, Choice... checks) {
        return Choice.of(TYPE, new Settings(Mode.QUORUM, Optional.of(needed), List.of(checks)));
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
        return Composite.of(settings, context);
    }
}
