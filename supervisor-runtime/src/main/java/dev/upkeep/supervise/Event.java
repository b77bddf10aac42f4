package dev.upkeep.supervise;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.SpecDiff;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.event.EventKind;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** All that can happen to a tree. */
public sealed interface Event {
    /** Something one instance did or suffered. */
    sealed interface OfInstance extends Event {
        InstanceId instance();
    }

    /** It runs: the thread began, the process was spawned. */
    record Started(InstanceId instance, OptionalLong pid) implements OfInstance {}

    /**
     * It could not be started; there is nothing to stop.
     *
     * @param hostShortage whether the host had no room for it, which is no fault of the child's (P3)
     */
    record StartRefused(InstanceId instance, Cause cause, boolean hostShortage) implements OfInstance {}

    /**
     * It ended.
     *
     * @param lastWords the end of its stderr, or the top of its stack trace
     * @param membersLeft whether members of its process group still live; {@link Gone} follows when they are gone
     */
    record Ended(InstanceId instance, Outcome outcome, List<String> lastWords,
            boolean membersLeft) implements OfInstance {}

    /** The last of its process group is gone. Only after an {@link Ended} that left members. */
    record Gone(InstanceId instance) implements OfInstance {}

    /** Its startup and readiness checks say that it may be used, or no longer. */
    record ReadyChanged(InstanceId instance, boolean ready) implements OfInstance {}

    /** A liveness check has given it up. */
    record FoundUnhealthy(InstanceId instance, String check, String reason) implements OfInstance {}

    /** The worst of its checks changed. */
    record HealthChanged(InstanceId instance, HealthStatus health, String reason) implements OfInstance {}

    /**
     * A breaker lets it start.
     *
     * @param instance the very one of the {@link Action.Acquire}, which knows the breaker that was asked
     * @param permit to be reported on; 0 for a start by hand that counts nowhere (A2)
     */
    record Permitted(InstanceId instance, long permit) implements OfInstance {}

    /** A breaker does not let it start. What the breaker's state is comes by {@link BreakerChanged}, before. */
    record Refused(InstanceId instance) implements OfInstance {}

    /** What the plugins say to its failure. The answer to {@link Action.Consult}, before any other event. */
    record Advised(InstanceId instance, Advice advice) implements OfInstance {}

    /** Something of it belongs into the record and changes nothing: its state could not be saved, its output was dropped. */
    record Noted(InstanceId instance, EventKind kind, String text) implements OfInstance {}

    /** It asks for that much time from now on, for the start or the stop that it is in (P9). */
    record Extended(InstanceId instance, Duration time) implements OfInstance {}

    /** What it does at the moment, in its own words, for a person to read. */
    record Said(InstanceId instance, String text) implements OfInstance {}

    /** A breaker changed its state. An event with an epoch not above the last one is old and dropped. */
    record BreakerChanged(CircuitBreaker.View view) implements Event {}

    /** A moment came that an {@link Action.SetTimer} asked for. */
    record TimerDue(Timer timer) implements Event {}

    /** Burning components left no processor to the others; there is one more carrier of virtual threads now. */
    record CarriersBusy(int parallelism) implements Event {}

    /** The tree shall start. */
    record StartTree() implements Event {}

    /**
     * A person, or a program, wants something of a child.
     *
     * @param request given back in the {@link Action.Answer}
     * @param who for the record
     */
    record Asked(long request, Verb verb, ChildPath path, String who) implements Event {}

    /**
     * Children shall be added to a supervisor: all, or none.
     *
     * @param parent the path of the supervisor
     */
    record Add(long request, ChildPath parent, List<ChildSpec> specs, String who) implements Event {}

    /**
     * A pool shall have just these members.
     *
     * @param pool the supervisor's path and the pool's name
     */
    record Scale(long request, ChildPath pool, List<ChildSpec> members, String who) implements Event {}

    /**
     * The tree shall be as a new spec says.
     *
     * @param basis the spec that the difference was taken from; if another was applied meanwhile, nothing changes
     */
    record Apply(long request, TreeSpec basis, TreeSpec spec, SpecDiff diff, String who) implements Event {}

    /** The whole tree shall stop. The second time it is forced. */
    record ShutdownAsked(String who) implements Event {}

    /** What can be wanted of a child. */
    enum Verb {
        START, STOP, RESTART, RESET, REMOVE
    }
}
