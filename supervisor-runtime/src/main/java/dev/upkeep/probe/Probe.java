package dev.upkeep.probe;

import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.health.DeadlineCheck;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.Role;
import dev.upkeep.probe.Attempt.Result;
import dev.upkeep.supervise.CheckAnswer;
import dev.upkeep.supervise.CheckVerdict;
import dev.upkeep.supervise.Threshold;
import org.jspecify.annotations.Nullable;
import org.slf4j.spi.LoggingEventBuilder;

/** One check of one instance; due when it is to run next. Guarded by the schedule's lock. */
final class Probe extends Dues.Entry {
    final ProbedChild child;
    final CheckSpec spec;
    /** Of the check's own chance. */
    final long seed;
    /** Read by the threads of its runs too: none of them is under way when it changes, but for what is said of stuck ones. */
    volatile CheckVerdict verdict;
    @Nullable
    HealthCheck check;
    /** The loader of the factory's class. Set with the check, before anything reads it. */
    @Nullable
    ClassLoader loader;
    /** The call that has not ended yet. */
    @Nullable
    Attempt attempt;
    boolean begun;
    /** Whether the next run shall only look at the deadline, and leave the child alone if that is still to come. */
    boolean armOnly = true;
    /** Why there is no check; empty if there is or may soon be one. Stands until the first answer. */
    private String broken = "";
    private @Nullable String threadName;

    Probe(ProbedChild child, CheckSpec spec, long seed) {
        this.child = child;
        this.spec = spec;
        this.seed = seed;
        this.verdict = CheckVerdict.initial(spec.role(), Threshold.of(spec));
    }

    /** Takes what came of its making. */
    void made(Result result) {
        if (result instanceof Result.Made(HealthCheck made, ClassLoader of)) {
            check = made;
            loader = of;
            if (made instanceof DeadlineCheck) {
                verdict = CheckVerdict.initial(spec.role(), Threshold.AT_ONCE);
            }
        } else if (result instanceof Result.Threw(Throwable thrown)) {
            cannotBeMade("it could not be made: " + Answers.text(thrown));
        } else {
            throw new IllegalStateException("not made but " + result);
        }
    }

    void cannotBeMade(String why) {
        broken = why;
    }

    /** Whether it was made, or it is known that it cannot be. */
    boolean isDecided() {
        return check != null || !broken.isEmpty();
    }

    /** Whether the next run leaves the child alone while the deadline is still to come. */
    boolean mayWait() {
        boolean may = bringsUp() ? !child.hasBeaten() : armOnly || well();
        armOnly = false;
        return may;
    }

    /** Whether the child waits for it to be ready for the first time: then it need not be silent for long to be asked (H3). */
    boolean bringsUp() {
        return !child.everReady && spec.role() != Role.LIVENESS;
    }

    /** Takes an answer; returns whether that changes anything. */
    boolean judge(CheckAnswer answer) {
        CheckVerdict before = verdict;
        verdict = before.next(answer, !child.everReady);
        boolean changes = verdict != before || !broken.isEmpty();
        broken = "";
        return changes;
    }

    /** Tells of a fault of the check's own. Foreign: asking it for its stack trace may throw anything. */
    void tell(Attempt.Kind kind, Throwable thrown) {
        String message = switch (kind) {
            case MAKE -> "health check could not be made; the child goes on without";
            case RUN -> "health check failed itself; not held against the child";
            case CLOSE -> "health check failed when it was closed";
        };
        try {
            LoggingEventBuilder line = child.warn()
                    .addKeyValue("check", spec.name())
                    .addKeyValue("error", Answers.text(thrown));
            (kind == Attempt.Kind.RUN ? line : line.setCause(thrown)).log(message);
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (Throwable t) {
            // There is nobody left to tell.
            return;
        }
    }

    /** Returns whether it is to run again; a startup check that has passed is not (H2). */
    boolean wanted() {
        return !child.ended && !child.condemned && child.open(spec.role())
                && (spec.role() != Role.STARTUP || !verdict.passing());
    }

    boolean byDeadline() {
        return check instanceof DeadlineCheck;
    }

    /** A check that could not be made holds nothing back: that is no fault of the child's. */
    boolean lets() {
        return verdict.passing() || !broken.isEmpty();
    }

    boolean idle() {
        return check != null && attempt == null && !isDue();
    }

    /** A startup check that has passed is history. */
    boolean counts() {
        return spec.role() != Role.STARTUP || !verdict.passing();
    }

    HealthStatus health() {
        return broken.isEmpty() ? verdict.health() : HealthStatus.UNKNOWN;
    }

    String reason() {
        String reason = broken.isEmpty() ? verdict.reason() : broken;
        return reason.isEmpty() ? "" : spec.name() + ": " + reason;
    }

    boolean well() {
        return verdict.passing() && verdict.health() == HealthStatus.HEALTHY;
    }

    /** Returns the name of the threads of its runs; made once, as there are many. */
    String threadName() {
        if (threadName == null) {
            threadName = "probe-" + this;
        }
        return threadName;
    }

    @Override
    public String toString() {
        return child.instance + "-" + spec.name();
    }
}
