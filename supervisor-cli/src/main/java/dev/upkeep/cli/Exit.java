package dev.upkeep.cli;

/** The exit statuses (O3). */
final class Exit {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int NOT_RUNNING = 3;
    static final int NO_SUPERVISOR = 4;

    private Exit() {}
}
