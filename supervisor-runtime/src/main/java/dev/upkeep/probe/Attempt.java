package dev.upkeep.probe;

import dev.upkeep.api.health.DeadlineCheck;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.supervise.CheckAnswer;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One call into a check: its making, or one run. What happens to it meanwhile is guarded by the schedule's lock. */
final class Attempt {
    /** What came of a call. */
    sealed interface Result {
        record Made(HealthCheck check) implements Result {}

        record Answered(CheckAnswer answer, OptionalLong deadline) implements Result {}

        /** The deadline is still to come; the child was not asked. */
        record Waits(long deadline) implements Result {}

        record Threw(Throwable thrown) implements Result {}
    }

    final Probe probe;
    final boolean makes;
    Runnable interrupt = () -> {};
    boolean timedOut;
    boolean stuck;
    /** The supervisor itself paused while it ran, so what it says means nothing (H7). */
    boolean isVoid;

    Attempt(Probe probe) {
        this.probe = probe;
        this.makes = probe.check == null;
    }

    /** Returns what a run that has ended says of the child (H1), or nothing if it says nothing. */
    Optional<CheckAnswer> answer(Result result) {
        if (isVoid || stuck) {
            return Optional.empty();
        }
        if (timedOut) {
            return Optional.of(
                    CheckAnswer.unhealthy("timeout after " + Durations.format(probe.spec.timeout())));
        }
        return switch (result) {
            case Result.Answered answered -> Optional.of(answered.answer());
            case Result.Threw(Throwable thrown) -> Optional.of(new CheckAnswer.Erred(text(thrown)));
            case Result.Waits waits -> Optional.empty();
            case Result.Made made -> Optional.empty();
        };
    }

    /** What is thrown is foreign code: its message may itself throw. */
    static String text(Throwable thrown) {
        try {
            return String.valueOf(thrown);
        } catch (Throwable t) {
            return thrown.getClass().getName();
        }
    }

    /** @param mayWait whether to leave the child alone if the check's deadline is still to come */
    static Result run(HealthCheck check, boolean mayWait, Ticker ticker) throws Exception {
        if (!(check instanceof DeadlineCheck byDeadline)) {
            return new Result.Answered(answerOf(check), OptionalLong.empty());
        }
        long deadline = byDeadline.deadlineNanos();
        if (mayWait && (deadline == Long.MAX_VALUE || deadline - ticker.nanos() > 0)) {
            return new Result.Waits(deadline);
        }
        CheckAnswer answer = answerOf(check);
        return new Result.Answered(answer, OptionalLong.of(byDeadline.deadlineNanos()));
    }

    private static CheckAnswer answerOf(HealthCheck check) throws Exception {
        @Nullable
        Health health = check.probe();
        return health == null ? new CheckAnswer.Erred("it answered nothing") : new CheckAnswer.Seen(health);
    }
}
