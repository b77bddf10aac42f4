package dev.upkeep.api.time;

/** A monotonic clock. Only differences between two readings mean something. Safe for any thread, never blocks. */
@FunctionalInterface
public interface Ticker {
    /** Returns nanoseconds since some fixed moment. */
    long nanos();

    /** Returns the ticker of this JVM, {@link System#nanoTime()}. */
    static Ticker system() {
        return System::nanoTime;
    }
}
