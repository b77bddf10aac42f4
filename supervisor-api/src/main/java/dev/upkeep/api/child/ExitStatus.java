package dev.upkeep.api.child;

/**
 * How a process ended, as {@code waitid(2)} tells it.
 *
 * @param code the exit code from 0 to 255, or -1 if a signal ended it or it is not known
 * @param signal the number of the signal that ended it, or 0
 * @param coreDumped whether it left a core dump
 */
public record ExitStatus(int code, int signal, boolean coreDumped) {
    /** The status of a process that was not ours to reap; counts as abnormal. */
    public static final ExitStatus UNKNOWN = new ExitStatus(-1, 0, false);

    public static ExitStatus ofCode(int code) {
        return new ExitStatus(code, 0, false);
    }

    public static ExitStatus ofSignal(int signal, boolean coreDumped) {
        return new ExitStatus(-1, signal, coreDumped);
    }

    @Override
    public String toString() {
        if (signal != 0) {
            return Signal.nameOf(signal) + (coreDumped ? " (core dumped)" : "");
        }
        return code < 0 ? "unknown status" : "code " + code;
    }
}
