package dev.upkeep.supervise;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.child.ResourceUse;
import dev.upkeep.api.restart.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What the core knows of one child. Plain state: whoever changes it must call {@link Tally#settle} afterwards. There may be
 * very many: lists are shared while they are empty.
 */
class Child {
    final ChildPath path;
    final @Nullable Branch parent;
    ChildSpec spec;
    Backoff backoff;
    @Nullable
    String breaker;

    // Its place among its siblings; kept by Siblings and Views.
    @Nullable
    Child previous;
    @Nullable
    Child next;
    int position;
    int slot;
    /** Siblings that start after this one, and those it starts after. */
    List<Child> dependents = List.of();
    List<Child> predecessors = List.of();

    DesiredState desired;
    ActualState actual = ActualState.STOPPED;
    long generation;
    /** Names the present generation. */
    @Nullable
    InstanceId instance;
    /** Whether it is out of the tree, until a new generation of its supervisor has it again. */
    boolean removed;
    /** Whether the spec of its supervisor has it: a new generation of that has it again (R5). */
    boolean declared;
    /** Whether it was taken out of the tree for good, and is forgotten as soon as it is down. */
    boolean leaving;
    /** What takes its place when it has left. */
    @Nullable
    Successor successor;
    /** Whether it was added while the tree ran, and its first start has not succeeded yet (S2). */
    boolean provisional;
    /** Whether it came by an apply, and its first start has not succeeded yet (S2). */
    boolean byApply;

    // The live instance.
    /** Whether the world has said that it runs. */
    boolean started;
    long startedAt;
    /** Whether it was ready once. */
    boolean complete;
    boolean ready;
    long readySince;
    OptionalLong pid = OptionalLong.empty();
    HealthStatus health = HealthStatus.HEALTHY;
    /** How often it fell lately, whatever the instance; nothing if it never did. */
    @Nullable
    Flapping flapping;
    /** What it says of itself; empty until it does. */
    String says = "";
    boolean byHand;
    /** Whether its checks were begun, and not ended. */
    boolean checking;
    /** Whether it may hold a slot of the start gate. */
    boolean holdsSlot;
    /** The others with which it restarts through a shared breaker, while it waits for its turn or is unproven. */
    @Nullable
    Herd herd;
    long permit;

    // Its end.
    /** Why it was told to stop; its end will have this cause, whatever it looks like. */
    @Nullable
    Cause stopCause;
    List<String> lastWords = List.of();
    Optional<ResourceUse> used = Optional.empty();
    boolean startWhenGone;
    /** How the last instance ended, until that is seen and becomes the last exit, with the time of the wall clock. */
    @Nullable
    End ended;
    ChildStatus.@Nullable LastExit lastExit;
    /** The end that the plugins are asked about at the moment. */
    @Nullable
    Verdict verdict;
    /** Generations that were abandoned and still run beside the present one (S5). */
    List<Long> leftBehind = List.of();

    // Its next start.
    int failures;
    int shortages;
    Duration lastDelay = Duration.ZERO;
    /** What its back-off said at the last failure; the rule is the core's if it said nothing (B8). */
    @Nullable
    Duration resetAfter;
    long nextAt;
    boolean nextKnown;
    /** Whether it holds a place in its supervisor's budget. */
    boolean placeTaken;
    /** Whether this start is one by the rules, after an earlier instance. */
    boolean restarting;
    long restarts;
    /** Whether its first start under the present generation of its supervisor has succeeded or failed. */
    boolean decided;
    boolean stoppedAfterFailure;
    @Nullable
    Suspension suspension;
    int suspensions;
    /** How often its breaker opened without closing in between. */
    int breakerOpenings;
    /** What it is in the group restart of its supervisor; kept by Group. */
    boolean groupStops;
    boolean groupStarts;

    /** The timers that are still meant, one of a kind. */
    @Nullable
    Timer timers;
    List<Request> requests = List.of();

    // What it adds to its supervisor's counts; kept by Tally.
    boolean countedUnready;
    boolean countedSignificant;
    boolean countedUnsteady;
    HealthStatus countedHealth = HealthStatus.HEALTHY;
    /** Whether others have not seen its last change yet; kept by Views. */
    boolean unseen;

    /** What takes a child's place under its id, and what is wanted of it. */
    record Successor(ChildSpec spec, DesiredState desired) {}

    /** Why a child is suspended. */
    enum Suspension {
        BREAKER, BUDGET, FATAL
    }

    /** An end that is judged. */
    record Verdict(Cause cause, Duration uptime) {}

    /** An end as the core knows it. */
    record End(Cause cause, long generation, long at, Duration uptime, List<String> lastWords,
            Optional<ResourceUse> used) {}

    /** A verb that waits for what it asked: by itself, or as a part of a greater one. */
    record Request(long number, Event.Verb verb, @Nullable Batch batch) {}

    Child(ChildPath path, ChildSpec spec, @Nullable Branch parent, Backoff backoff) {
        this.path = path;
        this.spec = spec;
        this.parent = parent;
        this.backoff = backoff;
        this.breaker = breakerOf(path, spec);
        this.desired = spec.autostart() ? DesiredState.RUNNING : DesiredState.STOPPED;
    }

    static @Nullable String breakerOf(ChildPath path, ChildSpec spec) {
        return spec.breaker().map((BreakerUse use) -> use.shared().orElse(path.value())).orElse(null);
    }

    /** Returns whether its last instance completed. */
    boolean endedWell() {
        Cause cause = ended != null ? ended.cause() : lastExit != null ? lastExit.cause() : null;
        return cause != null && cause.kind() == Cause.Kind.COMPLETED;
    }

    InstanceId instance() {
        if (instance == null) {
            instance = new InstanceId(path, generation);
        }
        return instance;
    }

    String id() {
        return spec.id();
    }

    boolean isFlapping() {
        return flapping != null && flapping.isFlapping();
    }

    /** Returns whether nothing of it is alive. */
    boolean isDown() {
        return !actual.isLive();
    }

    /** Returns whether it stands in the way of those that start after it in a sequential group (R8). */
    boolean holdsUpLater() {
        if (removed || desired == DesiredState.DONE) {
            return false;
        }
        if (actual == ActualState.STOPPING || actual == ActualState.ABANDONED) {
            return true;
        }
        return desired == DesiredState.STOPPED ? stoppedAfterFailure : !complete;
    }
}
