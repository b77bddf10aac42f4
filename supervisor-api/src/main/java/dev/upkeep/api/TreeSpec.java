package dev.upkeep.api;

import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A whole tree.
 *
 * @param name the id of the root
 * @param root the supervisor at the top
 * @param breakers the shared breakers, by name
 * @param shutdownTimeout the one deadline for stopping everything; default 60 s
 * @param maxConcurrentStarts how many starts may be under way at once (B9); default max(4, 2 × cores)
 * @param startRate how many starts may begin per second; unlimited if empty
 */
public record TreeSpec(String name, SupervisorSpec root, Map<String, Choice> breakers,
        Duration shutdownTimeout,
        int maxConcurrentStarts, Optional<StartRate> startRate) {
    public TreeSpec {
        ChildPath.requireId(name);
        breakers = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(breakers));
        if (shutdownTimeout.isNegative() || shutdownTimeout.isZero()) {
            throw new IllegalArgumentException(
                    "shutdownTimeout must be longer than zero, but is " + shutdownTimeout);
        }
        if (maxConcurrentStarts < 1) {
            throw new IllegalArgumentException(
                    "maxConcurrentStarts must be at least 1, but is " + maxConcurrentStarts);
        }
        // Those of children are named by their paths.
        breakers.keySet().forEach(ChildPath::requireId);
        refuseUnknownBreakers(root, breakers);
    }

    public static final Duration DEFAULT_SHUTDOWN_TIMEOUT = Duration.ofSeconds(60);

    public static int defaultMaxConcurrentStarts() {
        return Math.max(4, 2 * Runtime.getRuntime().availableProcessors());
    }

    private static void refuseUnknownBreakers(SupervisorSpec supervisor, Map<String, Choice> breakers) {
        for (ChildSpec child : supervisor.children()) {
            child.breaker()
                    .flatMap(BreakerUse::shared)
                    .filter(name -> !breakers.containsKey(name))
                    .ifPresent(name -> {
                        throw new IllegalArgumentException("child '" + child.id() + "' names the breaker '"
                                + name + "', but the shared breakers are " + Names.shown(breakers.keySet()));
                    });
            if (child.work() instanceof SupervisorSpec below) {
                refuseUnknownBreakers(below, breakers);
            }
        }
    }
}
