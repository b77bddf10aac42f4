package dev.upkeep.probe;

import dev.upkeep.api.health.DeadlineCheck;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.supervise.CheckAnswer;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One call into a check: its making, one run, or its closing. It runs on a thread of its own and hands itself to the schedule
 * when it has ended; what happens to it meanwhile is guarded by the schedule's lock.
 */
final class Attempt extends Dues.Entry implements Runnable {
    enum Kind {
        MAKE, RUN, CLOSE
    }

    /** What came of a call. */
    sealed interface Result {
        record Made(HealthCheck check, @Nullable ClassLoader loader) implements Result {}

        record Answered(CheckAnswer answer, OptionalLong deadline) implements Result {}

        /** The deadline is still to come; the child was not asked. */
        record Waits(long deadline) implements Result {}

        record Closed() implements Result {}

        record Threw(Throwable thrown) implements Result {}
    }

    /** What most runs of most checks come to. */
    private static final Result WELL = new Result.Answered(Answers.WELL, OptionalLong.empty());

    final Probe probe;
    final Kind kind;
    private final ProbeSchedule schedule;
    /** What is run or closed. */
    private final @Nullable HealthCheck check;
    /** Whether to leave the child alone if the check's deadline is still to come. */
    private final boolean mayWait;

    Runnable interrupt = () -> {};
    /** At its timeout, or at the end of its instance. Once. */
    volatile boolean interrupted;
    /** It did not end for all that. */
    boolean stuck;
    /** The supervisor itself paused while it ran, so what it says means nothing (H7). */
    boolean isVoid;
    /** Of the next generation: what may begin only when this has ended. */
    @Nullable
    Probe next;
    /** Written by the attempt's own thread before it hands itself over. */
    private @Nullable Result result;
    /** Of {@link FinishedAttempts}. */
    @Nullable
    Attempt below;

    private Attempt(ProbeSchedule schedule, Probe probe, Kind kind, @Nullable HealthCheck check,
            boolean mayWait) {
        this.schedule = schedule;
        this.probe = probe;
        this.kind = kind;
        this.check = check;
        this.mayWait = mayWait;
    }

    static Attempt toMake(ProbeSchedule schedule, Probe probe) {
        return new Attempt(schedule, probe, Kind.MAKE, null, false);
    }

    static Attempt toRun(ProbeSchedule schedule, Probe probe) {
        return new Attempt(schedule, probe, Kind.RUN, probe.check, probe.mayWait());
    }

    static Attempt toClose(ProbeSchedule schedule, Probe probe, HealthCheck check) {
        return new Attempt(schedule, probe, Kind.CLOSE, check, false);
    }

    String threadName() {
        return switch (kind) {
            case MAKE -> "probe-make-" + probe;
            case RUN -> probe.threadName();
            case CLOSE -> "probe-close-" + probe;
        };
    }

    /** Calls the plugin: its loader is the context loader, and nothing it throws gets further than the result. */
    @Override
    public void run() {
        Result came;
        try {
            came = call();
        } catch (Throwable t) {
            came = new Result.Threw(t);
        }
        // An interrupted run has timed out, or nobody waits for it any more. Nobody else touches the verdict meanwhile, but for
        // the word that it is stuck.
        boolean news = came instanceof Result.Threw
                && (kind != Kind.RUN || (!interrupted && probe.verdict.errors() == 0));
        end(came);
        schedule.finished(this);
        if (came instanceof Result.Threw(Throwable thrown)) {
            if (news) {
                probe.tell(kind, thrown);
            }
            if (thrown instanceof OutOfMemoryError e) {
                throw e;
            }
        }
    }

    private Result call() throws Exception {
        if (kind == Kind.MAKE) {
            return schedule.maker.make(probe);
        }
        HealthCheck called = Objects.requireNonNull(check);
        Thread.currentThread().setContextClassLoader(probe.loader);
        if (kind == Kind.RUN) {
            return probe(called);
        }
        called.close();
        return new Result.Closed();
    }

    private Result probe(HealthCheck asked) throws Exception {
        if (!(asked instanceof DeadlineCheck byDeadline)) {
            CheckAnswer answer = Answers.of(asked.probe());
            return answer == Answers.WELL ? WELL : new Result.Answered(answer, OptionalLong.empty());
        }
        long deadline = byDeadline.deadlineNanos();
        if (mayWait && (deadline == Long.MAX_VALUE || deadline - schedule.maker.ticker().nanos() > 0)) {
            return new Result.Waits(deadline);
        }
        CheckAnswer answer = Answers.of(asked.probe());
        return new Result.Answered(answer, OptionalLong.of(byDeadline.deadlineNanos()));
    }

    void end(Result came) {
        result = came;
    }

    Result result() {
        return Objects.requireNonNull(result, "not ended yet");
    }

    /** Returns what a run that has ended says of the child (H1), or nothing if it says nothing. */
    Optional<CheckAnswer> answer() {
        if (isVoid || stuck) {
            return Optional.empty();
        }
        if (interrupted) {
            return Optional.of(
                    CheckAnswer.unhealthy("timeout after " + Durations.format(probe.spec.timeout())));
        }
        return switch (result()) {
            case Result.Answered answered -> Optional.of(answered.answer());
            case Result.Threw(Throwable thrown) -> Optional.of(new CheckAnswer.Erred(Answers.text(thrown)));
            case Result.Waits waits -> Optional.empty();
            case Result.Made made -> Optional.empty();
            case Result.Closed closed -> Optional.empty();
        };
    }
}
