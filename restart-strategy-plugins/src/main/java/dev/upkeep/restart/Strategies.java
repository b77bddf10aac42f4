package dev.upkeep.restart;

import dev.upkeep.api.settings.Choice;

/** The restart strategies, for programs that build their tree in Java. */
public final class Strategies {
    private Strategies() {}

    /** Restarts the failed child alone. */
    public static Choice oneForOne() {
        return Choice.of("one-for-one");
    }

    /** Restarts all siblings with it. */
    public static Choice oneForAll() {
        return Choice.of("one-for-all");
    }

    /** Restarts it and those that come after it. */
    public static Choice restForOne() {
        return Choice.of("rest-for-one");
    }
}
