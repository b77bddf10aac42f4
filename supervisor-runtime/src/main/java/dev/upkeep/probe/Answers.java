package dev.upkeep.probe;

import dev.upkeep.api.health.Health;
import dev.upkeep.supervise.CheckAnswer;
import org.jspecify.annotations.Nullable;

/** What foreign code answers and throws, as it may be kept and shown: never absent, never too long. */
final class Answers {
    static final CheckAnswer WELL = new CheckAnswer.Seen(Health.healthy());
    /** Characters of a reason that are kept. */
    static final int LONGEST = 1_000;

    private Answers() {}

    static CheckAnswer of(@Nullable Health health) {
        return switch (health) {
            case null -> new CheckAnswer.Erred("it answered nothing");
            case Health.Healthy() -> WELL;
            case Health.Degraded(String why) -> new CheckAnswer.Seen(Health.degraded(bounded(why)));
            case Health.Unhealthy(String why) -> new CheckAnswer.Seen(Health.unhealthy(bounded(why)));
        };
    }

    /** What is thrown may itself throw when it is asked what it is. */
    static String text(Throwable thrown) {
        try {
            return bounded(thrown.toString());
        } catch (Throwable t) {
            return thrown.getClass().getName();
        }
    }

    private static String bounded(@Nullable String reason) {
        if (reason == null) {
            return "no reason given";
        }
        return reason.length() <= LONGEST ? reason : reason.substring(0, LONGEST) + "…";
    }
}
