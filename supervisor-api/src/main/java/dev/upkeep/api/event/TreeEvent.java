package dev.upkeep.api.event;

import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ResourceUse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Something that happened in the tree. All events of one tree have one order.
 *
 * <p>An interface, so that a listener compiled against an older version meets a newer event without harm.
 */
public interface TreeEvent {
    /** Returns a number that grows by one from event to event. */
    long sequence();

    EventKind kind();

    ChildPath path();

    /** Returns the generation of the instance it is about; 0 if it is about none. */
    long generation();

    /** Returns the wall clock's time, for people. */
    Instant at();

    /** Returns the monotonic time in nanoseconds, for differences. */
    long nanos();

    /** Returns what happened, in a few words without the path: {@code "restart 3 in 1s"}. */
    String text();

    /** Returns why an instance ended, for kinds that speak of an end. */
    Optional<Cause> cause();

    /** Returns how long until what was scheduled, for kinds that schedule something. */
    Optional<Duration> delay();

    /** Returns how long the instance had been up, for an exit. */
    Optional<Duration> uptime();

    /** Returns the last lines the instance wrote to stderr, or the top of its stack trace, for an exit. */
    List<String> lastWords();

    /** Returns what the instance had used, for the exit of a process where the kernel told it. */
    default Optional<ResourceUse> used() {
        return Optional.empty();
    }
}
