package dev.upkeep.supervise;

import dev.upkeep.api.CompletedSignal;
import dev.upkeep.api.FatalSignal;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.Reply;
import dev.upkeep.api.SupervisorSpec.AutoShutdown;
import dev.upkeep.api.SupervisorSpec.OnStartFailure;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.Failure;
import dev.upkeep.api.restart.GroupPlan;
import dev.upkeep.api.settings.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Who is restarted, whether and when (R1 to R10, B1 to B8). */
final class Failures {
    private static final Duration LEAST_RESET = Duration.ofSeconds(60);
    private static final Duration FIRST_SHORTAGE = Duration.ofSeconds(1);
    private static final Duration LAST_SHORTAGE = Duration.ofSeconds(30);

    private final Core core;
    private final Turn turn;

    Failures(Core core) {
        this.core = core;
        this.turn = core.turn;
    }

    /** Says what an end that nobody asked for was (R2). */
    static Cause causeOf(Child child, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Returned() -> Cause.completed();
            case Outcome.Exited(ExitStatus status, var _) -> child.spec.work() instanceof ProcessSpec process
                    && status.signal() == 0
                    && process.successExitCodes().contains(status.code())
                            ? Cause.completed(status)
                            : Cause.crashed(status);
            case Outcome.Threw(Throwable thrown, String words) -> chainHas(thrown, CompletedSignal.class)
                    ? Cause.completed()
                    : Cause.crashed(thrown, words);
        };
    }

    private static boolean chainHas(Throwable thrown, Class<? extends Throwable> type) {
        Throwable link = thrown;
        for (int depth = 0; link != null && depth < 100; depth++, link = link.getCause()) {
            if (type.isInstance(link)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether the end says that a restart is of no use (R10). */
    boolean forbidsRestart(Child child, Cause cause) {
        if (cause.kind() != Cause.Kind.CRASHED && cause.kind() != Cause.Kind.COMPLETED) {
            return false;
        }
        boolean byCode = child.spec.work() instanceof ProcessSpec process
                && cause.status()
                        .filter(s -> s.signal() == 0 && process.doNotRestartExitCodes().contains(s.code()))
                        .isPresent();
        return byCode || cause.throwable().filter(t -> chainHas(t, FatalSignal.class)).isPresent();
    }

    /** Its start was refused; there is nothing to stop. */
    void startRefused(Child child, Cause cause, boolean hostShortage) {
        boolean wanted = child.parent != null && child.parent.isUp() && !core.groups.holds(child);
        if (hostShortage && wanted) {
            shortage(child, cause);
        } else {
            core.ends.gone(child, cause);
        }
    }

    /** Decides what follows an end that nobody asked for. The instance is gone. */
    void judge(Child child, Cause cause, Duration uptime, boolean wasComplete, boolean fatal) {
        Branch parent = parentOf(child);
        boolean failsStart = failsStartOfAll(child, cause, wasComplete);
        boolean provisional = child.provisional;
        boolean job = !fatal && !cause.isAbnormal() && child.spec.restart() != RestartType.PERMANENT;
        boolean failedFirst = !wasComplete && (cause.isAbnormal() || (provisional && !job));
        boolean byApply = child.byApply;
        child.provisional = false;
        child.byApply = false;
        if (!wasComplete && job) {
            turn.answerAll(child, Reply.Kind.DONE, "'" + child.path.shortValue() + "' completed",
                    Event.Verb.START, Event.Verb.RESTART, Event.Verb.RESET);
        } else if (!wasComplete) {
            turn.answerAll(child, Reply.Kind.START_FAILED,
                    "'" + child.path.shortValue() + "' could not be started: " + cause, Event.Verb.START,
                    Event.Verb.RESTART, Event.Verb.RESET);
        }
        if (failedFirst && provisional) {
            core.groups.memberLeft(child);
            core.discard(child);
        } else if (failedFirst && byApply && parent.rules.onStartFailure() == OnStartFailure.FAIL) {
            Tally.decided(child);
            core.suspensions.suspend(child, Child.Suspension.FATAL, OptionalLong.empty(),
                    "its first start failed: " + cause);
        } else if (fatal) {
            Tally.decided(child);
            core.suspensions.suspend(child, Child.Suspension.FATAL, OptionalLong.empty(),
                    cause + " forbids a restart");
        } else if (failsStart) {
            Tally.decided(child);
            failStart(parent, child, cause);
        } else if (!cause.isAbnormal() && child.spec.restart() == RestartType.TRANSIENT) {
            Tally.decided(child);
            completed(child, cause);
        } else if (child.spec.restart() == RestartType.TEMPORARY) {
            Tally.decided(child);
            core.groups.memberLeft(child);
            core.remove(child);
            turn.emit(EventKind.STOPPED, child, "temporary, so it is gone for good");
            core.order.tellDependents(child);
            endedForGood(child, cause);
        } else {
            consult(child, parent, cause, uptime);
            return;
        }
        core.starts.checkAbove(child);
    }

    private void completed(Child child, Cause cause) {
        child.desired = DesiredState.DONE;
        child.failures = 0;
        Tally.move(child, ActualState.COMPLETED);
        turn.emit(EventKind.COMPLETED, child, "completed, and is left alone");
        core.groups.memberLeft(child);
        core.order.tellDependents(child);
        endedForGood(child, cause);
    }

    private void endedForGood(Child child, Cause cause) {
        if (child.spec.essential()) {
            int code = cause.status()
                    .filter(s -> s.signal() == 0 && s.code() >= 0)
                    .map(ExitStatus::code)
                    .orElse(cause.isAbnormal() ? 1 : 0);
            core.endBecauseOf(child, code, "ended for good: " + cause);
        } else {
            significantEnded(child, true);
        }
    }

    /** Ends a supervisor whose significant children have ended (G2, G3). */
    void significantEnded(Child child, boolean byItself) {
        Branch parent = parentOf(child);
        if (!child.spec.significant() || !byItself || !parent.isUp()
                || parent.rules.autoShutdown() == AutoShutdown.NEVER) {
            return;
        }
        if (parent.rules.autoShutdown() == AutoShutdown.ANY_SIGNIFICANT || parent.significant == 0) {
            core.stops.ask(parent, Cause.completed());
        }
    }

    /** Returns whether this end makes the first start of the child's supervisor fail (S2). */
    boolean failsStartOfAll(Child child, Cause cause, boolean wasComplete) {
        Branch parent = parentOf(child);
        return !wasComplete && !child.decided && cause.isAbnormal() && parent.actual == ActualState.STARTING
                && parent.rules.onStartFailure() == OnStartFailure.FAIL;
    }

    void failStart(Branch parent, Child child, Cause cause) {
        List<Cause.Link> chain = new ArrayList<>();
        chain.add(new Cause.Link(child.path, cause));
        chain.addAll(cause.chain());
        core.stops.ask(parent,
                Cause.startFailed("child '" + child.id() + "' could not be started: " + cause, chain));
    }

    /** Asks the plugins before anything else is decided: the child waits for their answer. */
    private void consult(Child child, Branch parent, Cause cause, Duration uptime) {
        if (!cause.isAbnormal()) {
            child.failures = 0;
            child.lastDelay = Duration.ZERO;
        }
        child.verdict = new Child.Verdict(cause, uptime);
        turn.act(new Action.Consult(new Consultation(child.instance(), child.backoff,
                new Backoff.Attempt(child.failures + 1, child.lastDelay, uptime, core.random.nextDouble()),
                parent.strategy, new Failure(child.id(), cause), new SeenSiblings(parent))));
    }

    /** Goes on with a failure, now that the plugins have answered. */
    void advised(Child child, Advice advice) {
        Child.Verdict verdict = child.verdict;
        if (verdict == null) {
            return;
        }
        Branch parent = parentOf(child);
        child.verdict = null;
        child.resetAfter = advice.resetAfter();
        Tally.decided(child);
        restart(child, parent, verdict.cause(), delayOf(child, advice), planOf(child, parent, advice));
        core.starts.checkAbove(child);
    }

    private Duration delayOf(Child child, Advice advice) {
        if (!advice.backoffFault().isEmpty()) {
            turn.emit(EventKind.PLUGIN_FAILED, child, advice.backoffFault());
            if (advice.lost()) {
                child.backoff = Failures::exponential;
            }
        }
        return advice.delay() == null ? exponential(child.failures + 1) : advice.delay();
    }

    private GroupPlan planOf(Child child, Branch parent, Advice advice) {
        GroupPlan plan = advice.plan();
        String fault = plan == null ? null : core.plans.faultOf(plan, child, parent);
        if (!advice.strategyFault().isEmpty()) {
            turn.emit(EventKind.PLUGIN_FAILED, parent, advice.strategyFault());
            if (advice.lost()) {
                parent.strategy = (failure, siblings) -> GroupPlan.alone(failure.id());
            }
        } else if (fault != null) {
            turn.emit(EventKind.PLUGIN_FAILED, parent, "strategy's plan refused: " + fault);
        }
        return plan == null || fault != null ? GroupPlan.alone(child.id()) : plan;
    }

    private static Duration exponential(Backoff.Attempt attempt) {
        return exponential(attempt.number());
    }

    private static Duration exponential(int attempt) {
        return Duration.ofSeconds(Math.min(60, 1L << Math.min(attempt - 1, 6)));
    }

    private void restart(Child child, Branch parent, Cause cause, Duration delay, GroupPlan plan) {
        int attempt = child.failures + 1;
        boolean guarded = child.breaker != null
                && !(escalateAfter(child) > 0 && child.breakerOpenings >= escalateAfter(child));
        boolean member = parent.group != null && Group.has(child);
        if (member) {
            core.groups.stampFailedAttempt(parent);
        }
        if (!guarded && !parent.budget.take(turn.now)) {
            core.suspensions.giveUp(parent, child, cause);
            return;
        }
        child.failures = attempt;
        child.lastDelay = delay;
        child.restarting = true;
        if (member || !plan.stop().isEmpty() || plan.start().size() > 1) {
            core.groups.restart(child, plan, delay, !guarded, cause);
        } else {
            child.placeTaken = !guarded;
            wait(child, delay, () -> "restart " + attempt + " in " + words(delay), Optional.of(cause));
        }
    }

    private static int escalateAfter(Child child) {
        return child.spec.breaker().map(b -> b.escalateAfter().orElse(0)).orElse(0);
    }

    private void wait(Child child, Duration delay, Supplier<String> text, Optional<Cause> cause) {
        turn.emit(EventKind.RESTART_SCHEDULED, child, text, cause, Optional.of(delay));
        if (delay.isZero()) {
            core.starts.begin(child, false);
            return;
        }
        child.nextAt = Turn.later(turn.now, Durations.saturatedNanos(delay));
        child.nextKnown = true;
        Tally.move(child, ActualState.BACKOFF);
        turn.setTimer(Timer.Kind.BACKOFF, child, child.nextAt);
    }

    /** The host had no room: not the child's fault, so nothing is counted (P3). */
    void shortage(Child child, Cause cause) {
        Duration delay = doubled(FIRST_SHORTAGE, child.shortages, LAST_SHORTAGE);
        child.shortages++;
        turn.emit(EventKind.HOST_SHORTAGE, child, "the host has no room to start it: " + cause.reason());
        core.starts.leaveGate(child);
        core.herds.calledOff(child);
        turn.cancelTimer(Timer.Kind.START_TIMEOUT, child);
        long permit = child.permit;
        Guard guard = child.instance().guard;
        child.permit = 0;
        wait(child, delay, () -> "tried again in " + words(delay), Optional.empty());
        if (permit != 0 && guard != null) {
            turn.act(new Action.Report(guard.breaker(), permit, Action.StartResult.IGNORED));
            core.breakers.trialFreed(guard.breaker());
        }
    }

    static Duration doubled(Duration first, int times, Duration last) {
        Duration delay = first.multipliedBy(1L << Math.min(times, 20));
        return delay.compareTo(last) > 0 ? last : delay;
    }

    /** Reports to the breaker what became of a guarded start (C1). */
    void report(Child child, Cause cause, boolean fatal) {
        Guard guard = child.instance().guard;
        if (guard == null || child.permit == 0) {
            return;
        }
        Action.StartResult result = resultOf(cause, fatal);
        turn.act(new Action.Report(guard.breaker(), child.permit, result));
        child.permit = 0;
        if (result == Action.StartResult.IGNORED) {
            core.breakers.trialFreed(guard.breaker());
        }
    }

    /** An end that forbids a restart says nothing of what the child depends on (R10). */
    static Action.StartResult resultOf(Cause cause, boolean fatal) {
        return fatal ? Action.StartResult.IGNORED : switch (cause.kind()) {
            case COMPLETED -> Action.StartResult.SUCCESS;
            case REQUESTED, GROUP -> Action.StartResult.IGNORED;
            default -> Action.StartResult.FAILURE;
        };
    }

    /** Forgets earlier failures of a child that has been ready for long enough (B8). */
    void forgetIfSteady(Child child) {
        if (!child.ready) {
            return;
        }
        Duration twice = child.lastDelay.compareTo(Duration.ofDays(365)) < 0
                ? child.lastDelay.multipliedBy(2)
                : child.lastDelay;
        Duration usual = twice.compareTo(LEAST_RESET) > 0 ? twice : LEAST_RESET;
        Duration needed = child.resetAfter == null ? usual : child.resetAfter;
        if (turn.now - child.readySince >= Durations.saturatedNanos(needed)) {
            forget(child);
        }
    }

    static void forget(Child child) {
        child.failures = 0;
        child.suspensions = 0;
        child.shortages = 0;
        child.lastDelay = Duration.ZERO;
    }

    /** Returns a length of time as a person says it: to the millisecond below ten seconds, to the second above. */
    static String roughly(Duration duration) {
        boolean small = duration.compareTo(Duration.ofSeconds(10)) < 0;
        return words(
                small ? Duration.ofMillis(duration.toMillis()) : Duration.ofSeconds(duration.toSeconds()));
    }

    static String words(Duration duration) {
        return duration.isZero() ? "0s" : Durations.format(duration);
    }

    private static Branch parentOf(Child child) {
        if (child.parent == null) {
            throw new IllegalStateException("nobody judges the root");
        }
        return child.parent;
    }
}
