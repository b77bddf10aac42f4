package dev.upkeep.process;

/** Ends the preparation of a start that cannot be. */
final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient StartRefusal why;

    Refused(StartRefusal why) {
        super(why.reason());
        this.why = why;
    }

    Refused(String call, int errno, String reason) {
        this(StartRefusal.of(call, errno, reason));
    }

    StartRefusal why() {
        return why;
    }
}
