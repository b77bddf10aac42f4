package dev.upkeep.control;

import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildKind;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.child.ResourceUse;
import dev.upkeep.api.settings.ByteSize;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** A tree to be asked about: one that runs, one in back-off, one suspended below, two replicas. */
public final class Shop {
    public static final Instant NOW = Instant.parse("2026-03-01T03:00:00Z");

    private Shop() {}

    public static ChildStatus tree() {
        return supervisor("shop", List.of(running("shop/web", 4711),
                backoff("shop/mailer", NOW.plusSeconds(5)),
                supervisor("shop/etl", List.of(suspended("shop/etl/load"))),
                running("shop/api-0", 4712),
                running("shop/api-1", 4713)));
    }

    static ChildStatus manyChildren(int children) {
        return supervisor("shop",
                IntStream.range(0, children).mapToObj(i -> running("shop/w-" + i, 5_000 + i)).toList());
    }

    static ChildStatus supervisor(String path, List<ChildStatus> children) {
        return child(path, ChildKind.SUPERVISOR, ActualState.RUNNING, HealthStatus.DEGRADED,
                OptionalLong.empty(), 0,
                Optional.of(NOW.minusSeconds(3_600)), Optional.empty(), Optional.empty(), children);
    }

    static ChildStatus running(String path, long pid) {
        return child(path, ChildKind.PROCESS, ActualState.RUNNING, HealthStatus.HEALTHY, OptionalLong.of(pid),
                0,
                Optional.of(NOW.minusSeconds(90)), Optional.empty(), Optional.empty(), List.of());
    }

    static ChildStatus backoff(String path, Instant restart) {
        return child(path, ChildKind.PROCESS, ActualState.BACKOFF, HealthStatus.UNKNOWN, OptionalLong.empty(),
                3,
                Optional.empty(),
                Optional.of(exit(Cause.crashed(ExitStatus.ofSignal(9, false)), List.of("out of memory"))),
                Optional.of(new ChildStatus.Next("restart", Optional.of(restart))), List.of());
    }

    static ChildStatus suspended(String path) {
        return child(path, ChildKind.PROCESS, ActualState.SUSPENDED, HealthStatus.UNHEALTHY,
                OptionalLong.empty(), 5,
                Optional.empty(),
                Optional.of(exit(Cause.crashed(ExitStatus.ofCode(1)),
                        List.of("no such table: orders", "\u001b[2Jgone\rshop is fine"))),
                Optional.of(new ChildStatus.Next("trial", Optional.empty())), List.of());
    }

    /** Returns a child that runs and has words of its own for it. */
    static ChildStatus saying(String path, String words) {
        ChildStatus child = running(path, 4714);
        return new ChildStatus(child.path(), child.kind(), child.desired(), child.actual(),
                child.waitingFor(),
                child.ready(), child.health(), child.flapping(), words, child.pid(), child.generation(),
                child.restarts(), child.startedAt(), child.lastExit(), child.next(), child.abandoned(),
                child.children());
    }

    static ChildStatus ended(String path, ChildStatus.LastExit exit) {
        return child(path, ChildKind.PROCESS, ActualState.SUSPENDED, HealthStatus.UNKNOWN,
                OptionalLong.empty(), 0,
                Optional.empty(), Optional.of(exit), Optional.empty(), List.of());
    }

    private static ChildStatus.LastExit exit(Cause cause, List<String> lastWords) {
        return new ChildStatus.LastExit(cause, 7, NOW.minusSeconds(4), Duration.ofSeconds(2), lastWords,
                cause.status()
                        .filter(status -> status.signal() == 9)
                        .map(_ -> new ResourceUse(Duration.ofMillis(1500), Duration.ofMillis(40),
                                Optional.of(new ByteSize(12_900_000)))));
    }

    private static ChildStatus child(
            String path,
            ChildKind kind,
            ActualState actual,
            HealthStatus health,
            OptionalLong pid,
            long restarts,
            Optional<Instant> startedAt,
            Optional<ChildStatus.LastExit> exit,
            Optional<ChildStatus.Next> next,
            List<ChildStatus> children) {
        return new ChildStatus(new ChildPath(path), kind, DesiredState.RUNNING, actual, "",
                actual == ActualState.RUNNING, health, false, "", pid, 7, restarts, startedAt, exit, next, 0,
                children);
    }
}
