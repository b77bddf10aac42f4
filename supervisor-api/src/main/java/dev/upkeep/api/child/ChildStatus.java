package dev.upkeep.api.child;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * One child as it was at one moment. Taken from a snapshot: reading it never waits for anything.
 *
 * @param waitingFor what it waits for, in words; empty unless it waits
 * @param ready whether it may be used; not while it is flapping
 * @param flapping whether it fell so often lately that its being well means little (H9)
 * @param says what it does at the moment, in its own words ({@code STATUS=} of sd_notify); empty if it says nothing
 * @param pid of a live process
 * @param generation of the instance that runs, or of the last one; 0 before the first
 * @param restarts how many times it was started again by the rules, never by request
 * @param startedAt when the live instance was started
 * @param lastExit how the instance before ended
 * @param next what happens to it next by itself
 * @param abandoned how many earlier instances would not stop and still run beside it (S5)
 * @param children of a supervisor, in start order
 */
public record ChildStatus(ChildPath path, ChildKind kind, DesiredState desired, ActualState actual,
        String waitingFor,
        boolean ready, HealthStatus health, boolean flapping, String says,
        OptionalLong pid, long generation,
        long restarts,
        Optional<Instant> startedAt, Optional<LastExit> lastExit, Optional<Next> next, int abandoned,
        List<ChildStatus> children) {
    /**
     * How an instance ended.
     *
     * @param lastWords the last lines it wrote to stderr, or the top of its stack trace
     * @param used what it had used; of a process, where the kernel told it
     */
    public record LastExit(Cause cause, long generation, Instant at, Duration uptime,
            List<String> lastWords, Optional<ResourceUse> used) {
        public LastExit {
            lastWords = List.copyOf(lastWords);
        }
    }

    /**
     * What comes next.
     *
     * @param action {@code restart} or {@code trial}
     * @param at when; empty for a trial that only a person can begin
     */
    public record Next(String action, Optional<Instant> at) {}

    /** Returns this child and all below it, in start order. */
    public Stream<ChildStatus> walk() {
        return Stream.concat(Stream.of(this), children.stream().flatMap(ChildStatus::walk));
    }

    /** Returns the child at that path, if it is this one or below. */
    public Optional<ChildStatus> find(ChildPath wanted) {
        if (path.equals(wanted)) {
            return Optional.of(this);
        }
        return children.stream()
                .filter(c -> wanted.isWithin(c.path()))
                .findFirst()
                .flatMap(c -> c.find(wanted));
    }
}
