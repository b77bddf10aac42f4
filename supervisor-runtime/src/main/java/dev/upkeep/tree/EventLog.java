package dev.upkeep.tree;

import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.event.TreeListener;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.api.time.Timers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Writes a line of log for each event that an operator cares about: at most 5 a second about one kind of event of one child,
 * and 100 in all (E3). What is left out is counted, and the count is written when the second is over.
 */
public final class EventLog implements TreeListener {
    static final int MOST_OF_ONE = 5;
    static final int MOST = 100;
    static final Duration WINDOW = Duration.ofSeconds(1);

    private record Topic(ChildPath path, EventKind kind) {}

    private final Logger log;
    private final Ticker ticker;
    private final Timers timers;
    private final Map<Topic, Integer> written = new HashMap<>();
    private long windowBegan;
    private int lines;
    private long leftOut;
    private boolean summaryIsDue;

    /** @param timers call back when a second with too many events is over */
    EventLog(Logger log, Ticker ticker, Timers timers) {
        this.log = log;
        this.ticker = ticker;
        this.timers = timers;
        this.windowBegan = ticker.nanos();
    }

    /** Makes a log on real time. */
    public static EventLog live() {
        return new EventLog(LoggerFactory.getLogger(EventLog.class), Ticker.system(), (delay, task) -> {
            Thread sleeper = Thread.ofVirtual().name("event-log").start(() -> {
                try {
                    Thread.sleep(delay);
                    task.run();
                } catch (InterruptedException e) {
                    // It was cancelled.
                    return;
                }
            });
            return sleeper::interrupt;
        });
    }

    @Override
    public void on(TreeEvent event) {
        Level level = levelOf(event);
        if (level != Level.DEBUG && mayWrite(event)) {
            write(event, level);
        }
    }

    private static Level levelOf(TreeEvent event) {
        return switch (event.kind()) {
            case EXITED -> event.cause().map(Cause::isAbnormal).orElse(false) ? Level.WARN : Level.DEBUG;
            case SUSPENDED, GAVE_UP, ESCALATED, ABANDONED, HOST_SHORTAGE, PLUGIN_FAILED, CARRIERS_BUSY,
                    SAVE_FAILED, STRAYED, NOT_READY ->
                Level.WARN;
            case HEALTH_CHANGED, RESTART_SCHEDULED, RESTARTED, TRIAL, BREAKER_CHANGED, STOPPED, COMPLETED,
                    SPEC_APPLIED, OPERATOR_ACTION ->
                Level.INFO;
            default -> Level.DEBUG;
        };
    }

    private synchronized boolean mayWrite(TreeEvent event) {
        roll(ticker.nanos());
        if (lines < MOST) {
            int ofTopic = written.merge(new Topic(event.path(), event.kind()), 1, Integer::sum);
            if (ofTopic <= MOST_OF_ONE) {
                lines++;
                return true;
            }
        }
        leaveOut(1);
        return false;
    }

    private void leaveOut(long events) {
        leftOut += events;
        if (!summaryIsDue) {
            summaryIsDue = true;
            timers.after(WINDOW, this::sumUp);
        }
    }

    private void roll(long now) {
        if (now - windowBegan >= WINDOW.toNanos()) {
            windowBegan = now;
            lines = 0;
            written.clear();
        }
    }

    private synchronized void sumUp() {
        summaryIsDue = false;
        if (leftOut > 0) {
            log.atWarn().addKeyValue("leftOut", leftOut).log("more events than lines: some were left out");
            leftOut = 0;
        }
    }

    @Override
    public synchronized void lost(long events) {
        leaveOut(events);
    }

    private void write(TreeEvent event, Level level) {
        log.atLevel(level)
                .addKeyValue("child", event.path().shortValue())
                .addKeyValue("generation", event.generation())
                .addKeyValue("what", event.text())
                .log(event.kind().word());
    }
}
