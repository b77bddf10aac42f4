package dev.upkeep.process;

import dev.upkeep.supervise.Outcome;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a child's events in their order, one at a time, each at most once, whatever the receiver throws.
 *
 * <p>Whoever holds this object's monitor holds all later events back; the spawner does so while it makes the child known
 * to the watchers, so that {@code started} comes first.
 */
final class ChildEvents {
    private static final Logger log = LoggerFactory.getLogger(ChildEvents.class);

    private final Launch launch;
    private final ProcessEvents receiver;

    // Guarded by this.
    private boolean answered;
    private boolean started;
    private boolean ended;
    private boolean gone;
    /** What it said while whoever spawned it has not come to say yet that it lives: the last of each kind, by kind. */
    private @Nullable Map<String, Runnable> early;

    ChildEvents(Launch launch, ProcessEvents receiver) {
        this.launch = launch;
        this.receiver = receiver;
    }

    synchronized void started(long pid) {
        if (!answered) {
            answered = true;
            started = true;
            tell("started", () -> receiver.started(pid));
            if (early != null) {
                early.forEach(this::tell);
                early = null;
            }
        }
    }

    synchronized void refused(StartRefusal why) {
        if (!answered) {
            answered = true;
            ended = true;
            gone = true;
            early = null;
            tell("refused", () -> receiver.refused(why));
        }
    }

    synchronized void leaderEnded(Outcome.Exited how, LastWords lastWords, boolean membersLeft) {
        if (!ended) {
            ended = true;
            how.used().ifPresent(use -> tell("used", () -> receiver.used(use)));
            tell("leaderEnded", () -> receiver.leaderEnded(how.status(), lastWords.lines(), membersLeft));
        }
    }

    /** Returns whether {@code leaderEnded} was told, so that {@code gone} may follow. */
    synchronized boolean leaderEndTold() {
        return ended;
    }

    synchronized void gone() {
        if (!gone) {
            gone = true;
            tell("gone", receiver::gone);
        }
    }

    /** Told after it is gone. */
    void strayed(String text) {
        tell("strayed", () -> receiver.strayed(text));
    }

    /** As {@link #message}. */
    void beat() {
        hear("beat", receiver::beat);
    }

    void beatFailed() {
        hear("beatFailed", receiver::beatFailed);
    }

    void ready(boolean value) {
        hear("ready", () -> receiver.ready(value));
    }

    void extended(Duration time) {
        hear("extended", () -> receiver.extended(time));
    }

    void said(String text) {
        hear("said", () -> receiver.said(text));
    }

    private void hear(String event, Runnable call) {
        boolean lives;
        synchronized (this) {
            lives = started && !gone;
            if (!answered) {
                if (early == null) {
                    early = new LinkedHashMap<>();
                }
                early.put(event, call);
            }
        }
        if (lives) {
            tell(event, call);
        }
    }

    /** Told without the monitor: a check hears of it, and one that hangs must not keep the end of the child from being told. */
    void message(ChildMessage message) {
        boolean begun;
        synchronized (this) {
            begun = started;
        }
        if (begun) {
            tell("message", () -> receiver.message(message));
        }
    }

    /** Told without the monitor, on the output thread. */
    void outputDropped(String text) {
        tell("outputDropped", () -> receiver.outputDropped(text));
    }

    boolean hearsLines() {
        return receiver.hearsLines();
    }

    /** Not held back as the others are: what is heard of a line before the start is told waits for that by itself. */
    void line(byte[] buffer, int offset, int length) {
        tell("line", () -> receiver.line(buffer, offset, length));
    }

    private void tell(String event, Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            log.atError()
                    .addKeyValue("child", launch.path())
                    .addKeyValue("generation", launch.generation())
                    .addKeyValue("event", event)
                    .setCause(e)
                    .log("the receiver of a process event failed");
        }
    }
}
