package dev.upkeep.api;

/** How a process itself says that it is ready (P9). Its startup and readiness checks, if any, must agree. */
public sealed interface ReadyBy {
    /** It says nothing: once it is started it is taken for ready, but for its checks. */
    record Start() implements ReadyBy {}

    /**
     * By a newline on a descriptor, as services of s6 do. If it closes the descriptor before, it never becomes ready, and
     * {@code startTimeout} ends the start.
     *
     * @param number of the descriptor in the child, 3 to 255
     */
    record Descriptor(int number) implements ReadyBy {
        public static final int LEAST = 3;
        public static final int MOST = 255;

        public Descriptor {
            if (number < LEAST || number > MOST) {
                throw new IllegalArgumentException(
                        "the descriptor must be from " + LEAST + " to " + MOST + ", but is " + number);
            }
        }
    }

    /**
     * By {@code sd_notify(3)}: {@code READY=1}. {@code EXTEND_TIMEOUT_USEC}, {@code STATUS}, {@code STOPPING}, {@code MAINPID} and
     * {@code WATCHDOG} are heard, too.
     */
    record Notify() implements ReadyBy {}

    ReadyBy START = new Start();
    ReadyBy NOTIFY = new Notify();
}
