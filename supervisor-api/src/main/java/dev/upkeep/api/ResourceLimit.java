package dev.upkeep.api;

/** The bounds of {@code setrlimit(2)} that a process can be given. */
public enum ResourceLimit {
    OPEN_FILES("openFiles", "nofile", Unit.COUNT),
    /** Of the user's, in all: the kernel does not hold root to it. */
    PROCESSES("processes", "nproc", Unit.COUNT), CORE("core", "core", Unit.BYTES),
    /** Of address space; what is resident cannot be bounded this way. */
    MEMORY("memory", "as", Unit.BYTES), DATA("data", "data", Unit.BYTES), STACK("stack", "stack",
            Unit.BYTES), FILE_SIZE("fileSize", "fsize", Unit.BYTES), LOCKED_MEMORY("lockedMemory", "memlock",
                    Unit.BYTES),
    /** Of processor time; SIGXCPU at the soft one, SIGKILL at the hard one. */
    CPU("cpu", "cpu", Unit.SECONDS), PENDING_SIGNALS("pendingSignals", "sigpending", Unit.COUNT);

    /** What a bound counts. */
    public enum Unit {
        COUNT, BYTES, SECONDS
    }

    /** Above every number: no bound. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /**
     * A bound.
     *
     * @param soft in force; the process may raise it up to the hard one
     * @param hard only root may raise it
     */
    public record Bound(long soft, long hard) {
        public Bound {
            if (soft < 0 || hard < soft) {
                throw new IllegalArgumentException("a limit must be from 0 to its hard one, but is "
                        + text(soft) + " of " + text(hard));
            }
        }

        public static Bound of(long both) {
            return new Bound(both, both);
        }

        private static String text(long value) {
            return value == UNLIMITED ? "unlimited" : Long.toString(value);
        }
    }

    private final String key;
    private final String resource;
    private final Unit unit;

    ResourceLimit(String key, String resource, Unit unit) {
        this.key = key;
        this.resource = resource;
        this.unit = unit;
    }

    /** Returns how configuration writes it. */
    public String key() {
        return key;
    }

    /** Returns how {@code prlimit(1)} names it. */
    public String resource() {
        return resource;
    }

    public Unit unit() {
        return unit;
    }
}
