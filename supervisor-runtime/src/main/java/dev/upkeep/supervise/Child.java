package dev.upkeep.supervise;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.restart.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What the core knows of one child. Plain state: whoever changes it must call {@link Tally#settle} afterwards. */
class Child {
    final ChildPath path;
    final ChildSpec spec;
    final @Nullable Branch parent;
    final Backoff backoff;
    final @Nullable String breaker;
    /** Siblings that start after this one, and those it starts after. */
    final List<Child> dependents = new ArrayList<>(0);
    final List<Child> predecessors = new ArrayList<>(0);

    DesiredState desired;
    ActualState actual = ActualState.STOPPED;
    long generation;
    boolean removed;

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
    boolean byHand;
    /** Whether it may hold a slot of the start gate. */
    boolean holdsSlot;
    long permit;

    // Its end.
    /** Why it was told to stop; its end will have this cause, whatever it looks like. */
    @Nullable
    Cause stopCause;
    List<String> lastWords = List.of();
    boolean startWhenGone;
    ChildStatus.@Nullable LastExit lastExit;
    long lastExitAt;

    // Its next start.
    int failures;
    int shortages;
    Duration lastDelay = Duration.ZERO;
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

    /** The timers that are still meant, one of a kind. */
    @Nullable
    Timer timers;
    final List<Request> requests = new ArrayList<>(0);

    // What it adds to its supervisor's counts; kept by Tally.
    boolean countedUnready;
    HealthStatus countedHealth = HealthStatus.HEALTHY;
    @Nullable
    ChildStatus view;

    /** Why a child is suspended. */
    enum Suspension {
        BREAKER, BUDGET, FATAL
    }

    /** A verb that waits for what it asked. */
    record Request(long number, Event.Verb verb) {}

    Child(ChildPath path, ChildSpec spec, @Nullable Branch parent, Backoff backoff) {
        this.path = path;
        this.spec = spec;
        this.parent = parent;
        this.backoff = backoff;
        this.breaker = spec.breaker()
                .map((BreakerUse use) -> use.shared().orElse(path.value()))
                .orElse(null);
        this.desired = spec.autostart() ? DesiredState.RUNNING : DesiredState.STOPPED;
    }

    InstanceId instance() {
        return new InstanceId(path, generation);
    }

    String id() {
        return spec.id();
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
