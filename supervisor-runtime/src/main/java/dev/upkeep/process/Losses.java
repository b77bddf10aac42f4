package dev.upkeep.process;

import dev.upkeep.api.OutputRule.WhenFull;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What could not be written to one log, to the byte, and what is told of it: the beginning and the end of a time in which
 * nothing can be written, but of those that follow each other fast only one in 15 s. For the output thread alone.
 */
final class Losses {
    private static final Logger log = LoggerFactory.getLogger(Losses.class);
    static final long TELL_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final String file;
    private boolean failing;
    private boolean begunTold;
    private boolean everTold;
    private long toldAt;
    private long untold;
    private WhenFull rule = WhenFull.DROP;
    private String why = "";
    private @Nullable ChildEvents teller;

    Losses(String file) {
        this.file = file;
    }

    boolean failing() {
        return failing;
    }

    /** It cannot be written, or still not. */
    void begin(CallFailed failure, WhenFull whenFull, ChildEvents whose, long now) {
        failing = true;
        why = failure.call() + ": " + Errno.name(failure.errno());
        rule = whenFull;
        teller = whose;
        settle(now);
    }

    void dropped(long bytes) {
        untold += bytes;
    }

    /** It was written. */
    void over(ChildEvents whose, long now) {
        if (failing) {
            failing = false;
            teller = whose;
            if (begunTold) {
                tellEnd(now);
            }
        }
    }

    /** Tells what had to wait. */
    void settle(long now) {
        boolean may = !everTold || now - toldAt >= TELL_AGAIN_NANOS;
        if (failing && !begunTold && may) {
            begunTold = true;
            tell("its output cannot be written to '" + file + "': " + why + (rule == WhenFull.DROP
                    ? "; it is dropped and counted until it can be"
                    : "; it waits when its pipe is full until it can be"), now);
        } else if (!failing && untold > 0 && may) {
            tellEnd(now);
        }
    }

    private void tellEnd(long now) {
        String lost = untold == 0 ? "nothing was" : untold == 1 ? "1 byte was" : untold + " bytes were";
        begunTold = false;
        untold = 0;
        tell("its output is written to '" + file + "' again; " + lost + " dropped", now);
    }

    private void tell(String text, long now) {
        everTold = true;
        toldAt = now;
        if (teller != null) {
            teller.outputDropped(text);
        }
    }

    /** Nobody will ask again: what was not told goes to the log. */
    void forget() {
        if (untold > 0) {
            log.atWarn()
                    .addKeyValue("file", file)
                    .addKeyValue("bytes", untold)
                    .addKeyValue("why", why)
                    .log("output was dropped");
        }
    }
}
