package dev.upkeep.supervise;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Ending;
import dev.upkeep.api.Reply;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ResourceUse;
import dev.upkeep.api.event.EventKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** All that the core can want done. Carried out in order, outside the core, without waiting for any of it. */
public sealed interface Action {
    /** Start an instance. Answered by Started or StartRefused. */
    record Start(InstanceId instance, ChildSpec spec) implements Action {}

    /**
     * Ask the plugins and decide on {@link Event.Advised} with their answer before any other event, and before the actions
     * that follow this one are carried out or after: they do not depend on it.
     */
    record Consult(Consultation consultation) implements Action {}

    /** Ask an instance to stop; first to save its state, if so. What it leaves alone within the timeout is killed by a later {@link Kill}. */
    record Stop(InstanceId instance, ChildSpec spec, StopRule rule, boolean save) implements Action {}

    /** Kill a process with its group; interrupt a component. May come again. */
    record Kill(InstanceId instance, ChildSpec spec) implements Action {}

    /** Void everything that an instance may still report: it was abandoned. */
    record Revoke(InstanceId instance, ChildSpec spec) implements Action {}

    /** Begin the checks of an instance. */
    record BeginChecks(InstanceId instance, ChildSpec spec, OptionalLong pid) implements Action {}

    /** End the checks of an instance. */
    record EndChecks(InstanceId instance) implements Action {}

    /**
     * Ask a breaker for a permit to start. Answered by Permitted or Refused.
     *
     * @param byHand whether a person asked for it: on an open breaker it is the trial then (A2)
     * @param lease how long the start may take until it is reported, if it is a trial (C2)
     */
    record Acquire(String breaker, InstanceId instance, boolean byHand, Duration lease) implements Action {}

    /** Report what became of a start. */
    record Report(String breaker, long permit, StartResult result) implements Action {}

    /** Close a breaker. */
    record ResetBreaker(String breaker) implements Action {}

    /** Send {@link Event.TimerDue} at the timer's time of the monotonic clock, or later. */
    record SetTimer(Timer timer) implements Action {}

    /** A timer is not meant any more. */
    record CancelTimer(Timer timer) implements Action {}

    /** A child is gone for good: forget its breaker, its saved state and all else that is kept by its path. */
    record Forget(ChildPath path, ChildSpec spec) implements Action {}

    /** Another spec was applied: make its shared breakers the tree's. */
    record SpecApplied(TreeSpec spec) implements Action {}

    /**
     * Tell the listeners.
     *
     * @param words finds the words for it, from values: they are found by whoever reads them, and never by a storm of events
     *         that nobody reads
     */
    record Emit(EventKind kind, ChildPath path, long generation, Supplier<String> words,
            Optional<Cause> cause,
            Optional<Duration> delay, Optional<Duration> uptime, List<String> lastWords,
            Optional<ResourceUse> used) implements Action {
        public String text() {
            return words.get();
        }
    }

    /** Answer a request. */
    record Answer(long request, Reply reply) implements Action {}

    /** The first start of the whole tree is over: all is up, or something failed and the tree will end. */
    record TreeStarted() implements Action {}

    /** Nothing runs any more, or the deadline has passed; no action follows. */
    record TreeEnded(Ending ending) implements Action {}

    /** What became of a guarded start (C1). */
    enum StartResult {
        SUCCESS, FAILURE,
        /** It ended for a reason that says nothing about what it depends on: a request, a group. */
        IGNORED
    }
}
