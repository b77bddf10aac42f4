package dev.upkeep.probe;

import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.health.DeadlineCheck;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.probe.Attempt.Result;
import dev.upkeep.supervise.CheckAnswer;
import dev.upkeep.supervise.CheckVerdict;
import dev.upkeep.supervise.Threshold;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** One check of one instance. Guarded by the schedule's lock. */
final class Probe {
    private static final Logger log = LoggerFactory.getLogger(Probe.class);

    /** The same check across the generations of a child: only one run of it at a time. */
    record Key(ChildPath path, String check) {}

    final ProbedChild child;
    final CheckSpec spec;
    final Key key;
    CheckVerdict verdict;
    @Nullable
    HealthCheck check;
    /** The run that has not ended yet, whatever it is still worth. */
    @Nullable
    Attempt attempt;
    /** The one moment it waits for: its next run, or the end of patience with the present one. */
    @Nullable
    Due due;
    /** Why there will never be a check; empty while there is hope. */
    String broken = "";
    boolean begun;
    /** Whether the next run shall only look at the deadline, and leave the child alone if that is still to come. */
    boolean armOnly = true;

    /** The loader of the factory's class, once that is known. */
    volatile @Nullable ClassLoader loader;

    Probe(ProbedChild child, CheckSpec spec) {
        this.child = child;
        this.spec = spec;
        this.key = new Key(child.instance.path(), spec.name());
        this.verdict = CheckVerdict.initial(spec.role(), Threshold.of(spec));
    }

    void made(Result result) {
        switch (result) {
            case Result.Made(HealthCheck made) -> {
                check = made;
                if (made instanceof DeadlineCheck) {
                    verdict = CheckVerdict.initial(spec.role(), Threshold.AT_ONCE);
                }
            }
            case Result.Threw(Throwable thrown) -> {
                broken = "it could not be made: " + Attempt.text(thrown);
                warn().setCause(thrown).log("health check could not be made; the child goes on without");
            }
            case Result.Answered answered -> throw new IllegalStateException("not made but " + answered);
            case Result.Waits waits -> throw new IllegalStateException("not made but " + waits);
        }
    }

    /** Returns the next run. */
    Callable<Result> call(Ticker ticker) {
        HealthCheck runs = Objects.requireNonNull(check, "not made yet");
        boolean mayWait = armOnly || well();
        armOnly = false;
        return () -> Attempt.run(runs, mayWait, ticker);
    }

    /** Calls the plugin: its loader is the context loader, and nothing it throws gets further than the result. */
    Result guarded(Callable<Result> call) {
        if (loader != null) {
            Thread.currentThread().setContextClassLoader(loader);
        }
        try {
            return call.call();
        } catch (Throwable t) {
            return new Result.Threw(t);
        }
    }

    /** Closes the check, on the thread of its last run or one of its own. */
    void close(HealthCheck closed) {
        try {
            Thread.interrupted();
            Thread.currentThread().setContextClassLoader(closed.getClass().getClassLoader());
            closed.close();
        } catch (Throwable t) {
            warn().setCause(t).log("health check failed when it was closed");
            if (t instanceof OutOfMemoryError e) {
                throw e;
            }
        }
    }

    void judge(CheckAnswer answer) {
        if (answer instanceof CheckAnswer.Erred(String why) && verdict.errors() == 0) {
            warn().addKeyValue("error", why).log("health check failed itself; not held against the child");
        }
        verdict = verdict.next(answer, !child.everReady);
    }

    private LoggingEventBuilder warn() {
        return log.atWarn()
                .addKeyValue("child", key.path())
                .addKeyValue("generation", child.instance.generation())
                .addKeyValue("check", spec.name());
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
        return check != null && attempt == null && due == null;
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

    @Override
    public String toString() {
        return child.instance + "-" + spec.name();
    }
}
