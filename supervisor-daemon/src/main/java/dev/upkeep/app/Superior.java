package dev.upkeep.app;

import dev.upkeep.api.Ending;
import dev.upkeep.api.Reply;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildKind;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.event.TreeListener;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.process.NotifySender;
import dev.upkeep.supervise.Event;
import dev.upkeep.tree.TreeLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What started this supervisor, if it wants to hear of it by sd_notify (P10): that the tree is up, how many of its children
 * run, that it is alive, that it stops. Told on the thread that waits for the end of the tree.
 */
final class Superior implements TreeListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Superior.class);
    private static final long NEVER = Long.MAX_VALUE;
    /** Between two words on how the children are, and before what was not taken is said again. */
    private static final long PACE = Duration.ofSeconds(1).toNanos();

    private static final long LONGEST_WAIT = Duration.ofHours(1).toNanos();
    private static final long LEAST_BEAT = Duration.ofMillis(1).toNanos();

    private final @Nullable NotifySender sender;
    /** Between two signs of life; {@link #NEVER} if nobody wants any. */
    private final long beat;
    private final Ticker ticker;

    // Of the waiting thread alone.
    private boolean readyTold;
    private boolean stoppingTold;
    private boolean statusDue;
    private String told = "";
    private long nextWord;
    private long nextBeat;
    private boolean complained;
    private boolean hangs;
    private @Nullable CompletableFuture<Reply> question;

    // Guarded by this.
    /** At first, for what was before anybody listened. */
    private boolean changed = true;
    private boolean urgent;
    /** The waiting thread knows of a change and may not tell it yet: more of them need not wake it. */
    private boolean statusPaced;

    private Superior(@Nullable NotifySender sender, long beat, Ticker ticker) {
        this.sender = sender;
        this.beat = beat;
        this.ticker = ticker;
        this.nextWord = ticker.nanos();
        this.nextBeat = ticker.nanos();
    }

    /** Returns what these variables of a process of that number tell of. */
    static Superior of(Map<String, String> environment, long pid, Ticker ticker) {
        String address = environment.getOrDefault("NOTIFY_SOCKET", "");
        if (address.isEmpty()) {
            return new Superior(null, NEVER, ticker);
        }
        try {
            return new Superior(NotifySender.to(address), beat(environment, pid), ticker);
        } catch (IOException e) {
            log.atWarn().setCause(e).log("the service manager cannot be told how the tree is");
            return new Superior(null, NEVER, ticker);
        }
    }

    /** Half of what the service manager has patience for, if it is this process that it watches: as sd_watchdog_enabled(3) has it. */
    private static long beat(Map<String, String> environment, long pid) {
        String patience = environment.getOrDefault("WATCHDOG_USEC", "");
        String whose = environment.getOrDefault("WATCHDOG_PID", Long.toString(pid));
        if (patience.isEmpty() || !whose.equals(Long.toString(pid))) {
            return NEVER;
        }
        try {
            long micros = Long.parseLong(patience);
            if (micros > 0) {
                return Math.max(LEAST_BEAT, TimeUnit.MICROSECONDS.toNanos(micros) / 2);
            }
        } catch (NumberFormatException e) {
            // Told below, with zero and what is less.
        }
        log.atWarn()
                .addKeyValue("WATCHDOG_USEC", patience)
                .log("not a number of microseconds: no signs of life are given to the service manager");
        return NEVER;
    }

    /** Waits for the end of the tree and tells meanwhile what there is to tell. */
    Ending accompany(TreeLoop loop) {
        if (sender != null) {
            loop.listen(this);
            var _ = loop.started().thenRun(this::hurry);
            var _ = loop.ended().thenRun(this::hurry);
            try {
                while (!loop.ended().isDone()) {
                    await(tell(loop, sender) - ticker.nanos());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (loop.ended().isDone() && !stoppingTold) {
                say(sender, "STOPPING=1");
            }
        }
        return loop.ended().join();
    }

    /** Tells what is due; returns when to look again though nothing has changed. */
    private long tell(TreeLoop loop, NotifySender to) {
        long now = ticker.nanos();
        statusDue |= takeChange();
        ChildStatus tree = loop.snapshot();
        if (!stoppingTold && tree.actual() == ActualState.STOPPING) {
            stoppingTold = say(to, "STOPPING=1");
        }
        boolean isUp = loop.started().isDone() && !loop.ended().isDone();
        if ((isUp && !readyTold) || (statusDue && now - nextWord >= 0)) {
            nextWord = now + PACE;
            statusDue = !tellStatus(to, tree, isUp);
        }
        if (beat != NEVER) {
            giveSignOfLife(loop, to, now);
        }
        long next = statusDue ? nextWord : now + LONGEST_WAIT;
        return beat != NEVER && nextBeat - next < 0 ? nextBeat : next;
    }

    /** Returns whether all that was to be told was taken. */
    private boolean tellStatus(NotifySender to, ChildStatus tree, boolean isUp) {
        String status = "STATUS=" + words(tree);
        boolean first = isUp && !readyTold;
        if (!first && status.equals(told)) {
            return true;
        }
        boolean taken = say(to, first ? "READY=1\n" + status : status);
        if (taken) {
            readyTold |= first;
            told = status;
        }
        return taken;
    }

    /** Only what has gone through the loop is a sign of life: one that hangs must not be vouched for. */
    private void giveSignOfLife(TreeLoop loop, NotifySender to, long now) {
        if (question != null && question.isDone()) {
            question = null;
            hangs = false;
            say(to, "WATCHDOG=1");
        }
        if (now - nextBeat >= 0) {
            nextBeat = now + beat;
            if (question == null) {
                // The whole tree takes no verb. That is the answer, and nothing is changed or recorded by it.
                question = loop.ask(Event.Verb.START, loop.snapshot().path(),
                        "the service manager's watchdog");
                var _ = question.thenRun(this::hurry);
            } else if (!hangs) {
                hangs = true;
                log.atError()
                        .addKeyValue("for", Duration.ofNanos(beat))
                        .log("the supervision loop does not answer: no sign of life is given to the service manager");
            }
        }
    }

    /** Returns whether it need not be said again. */
    private boolean say(NotifySender to, String words) {
        try {
            return to.send(words);
        } catch (IOException e) {
            if (!complained) {
                complained = true;
                log.atWarn().setCause(e).log("the service manager was not reached; not told again");
            }
            return true;
        }
    }

    /** Returns how many of the children run, and what the others do: {@code 12 of 13 running, 1 suspended}. */
    static String words(ChildStatus tree) {
        Map<ActualState, Integer> counts = new EnumMap<>(ActualState.class);
        tree.walk()
                .filter(child -> child.kind() != ChildKind.SUPERVISOR)
                .forEach(child -> counts.merge(child.actual(), 1, Integer::sum));
        int all = counts.values().stream().mapToInt(Integer::intValue).sum();
        Integer running = counts.remove(ActualState.RUNNING);
        StringBuilder words = new StringBuilder().append(running == null ? 0 : running)
                .append(" of ")
                .append(all)
                .append(" running");
        counts.forEach((state, count) -> words.append(", ")
                .append(count)
                .append(' ')
                .append(state.name().toLowerCase(Locale.ROOT)));
        return words.toString();
    }

    @Override
    public void on(TreeEvent event) {
        if (event.path().parent().isEmpty()) {
            hurry();
        } else {
            change();
        }
    }

    private synchronized void change() {
        if (!changed) {
            changed = true;
            if (!statusPaced) {
                notifyAll();
            }
        }
    }

    private synchronized void hurry() {
        changed = true;
        urgent = true;
        notifyAll();
    }

    private synchronized boolean takeChange() {
        boolean taken = changed;
        changed = false;
        urgent = false;
        return taken;
    }

    /** Waits so long, or until something has changed that may be told before. */
    private synchronized void await(long nanos) throws InterruptedException {
        statusPaced = statusDue;
        if (!urgent && (!changed || statusPaced) && nanos > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, nanos);
        }
        statusPaced = false;
    }

    @Override
    public void close() {
        if (sender != null) {
            sender.close();
        }
    }
}
