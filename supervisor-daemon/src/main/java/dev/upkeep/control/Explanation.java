package dev.upkeep.control;

import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildKind;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.settings.ByteSize;
import dev.upkeep.api.settings.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Answers {@code upkeep why}: what is the matter with this child, why, what comes next, and what to do. */
final class Explanation {
    private static final int MOST_CHILDREN = 20;

    /** The events that begin a state. */
    private static final Set<EventKind> TURNS = EnumSet.of(EventKind.WAITING, EventKind.QUEUED,
            EventKind.STARTED,
            EventKind.READY, EventKind.EXITED, EventKind.RESTART_SCHEDULED, EventKind.SUSPENDED,
            EventKind.GAVE_UP,
            EventKind.STOPPING, EventKind.STOPPED, EventKind.COMPLETED, EventKind.ABANDONED);

    private final Moments moments;
    private final StringBuilder text = new StringBuilder(512);

    Explanation(Moments moments) {
        this.moments = moments;
    }

    /**
     * Returns lines of plain text, without control characters of anybody's output.
     *
     * @param breaker what there is to say of its breaker
     */
    String of(ChildStatus child, Optional<String> breaker, List<TreeEvent> events) {
        text.append(line(child.path().shortValue() + " " + state(child))).append('\n');
        since(child, events).ifPresent(at -> item("since", moments.said(at)));
        if (child.actual().isLive() && child.pid().isPresent()) {
            item("instance", "pid " + child.pid().getAsLong() + ", generation " + child.generation());
        }
        if (!child.waitingFor().isEmpty()) {
            item("waits for", child.waitingFor());
        }
        if (child.health() != HealthStatus.HEALTHY) {
            item("health", health(child, events));
        }
        if (child.flapping()) {
            item("flapping", "it fell so often lately that it is not shown as ready");
        }
        if (!child.says().isEmpty()) {
            item("says", child.says());
        }
        breaker.ifPresent(words -> item("breaker", words));
        child.lastExit().ifPresent(exit -> lastExit(child, exit));
        item("restarts",
                child.restarts() == 0 ? "none by the rules so far" : child.restarts() + " by the rules");
        next(child).ifPresent(next -> item("next", next));
        if (child.kind() == ChildKind.SUPERVISOR) {
            children(child);
        }
        if (!events.isEmpty()) {
            text.append("last events\n");
            events.forEach(this::event);
        }
        return text.toString();
    }

    private static String state(ChildStatus child) {
        String is = switch (child.actual()) {
            case WAITING -> "is waiting to start";
            case QUEUED -> "is queued: too many children start at once";
            case STARTING -> "is starting, and not ready yet";
            case RUNNING -> child.ready() ? "is running and ready" : "is running, but NOT ready";
            case STOPPING -> "is stopping";
            case BACKOFF -> "is down, in back-off before its next start";
            case SUSPENDED -> "is SUSPENDED: it has failed too often, or in a way that forbids a restart";
            case STOPPED -> "is stopped";
            case COMPLETED -> "has completed and is left alone";
            case ABANDONED -> "is ABANDONED: it would not stop and cannot be killed";
        };
        String wanted = switch (child.desired()) {
            case RUNNING -> child.actual() == ActualState.RUNNING ? "" : "; it should be running";
            case STOPPED -> child.actual() == ActualState.STOPPED
                    ? " because it was asked to be, or is not started by itself"
                    : "; it should be stopped";
            case DONE -> "";
        };
        return is + wanted;
    }

    private static Optional<Instant> since(ChildStatus child, List<TreeEvent> events) {
        if (child.actual() == ActualState.RUNNING && child.startedAt().isPresent()) {
            return child.startedAt();
        }
        return events.reversed()
                .stream()
                .filter(event -> TURNS.contains(event.kind()))
                .map(TreeEvent::at)
                .findFirst()
                .or(() -> child.actual().isLive()
                        ? child.startedAt()
                        : child.lastExit().map(ChildStatus.LastExit::at));
    }

    private static String health(ChildStatus child, List<TreeEvent> events) {
        if (child.health() == HealthStatus.UNKNOWN) {
            return "unknown: no check has answered";
        }
        return StatusJson.word(child.health()) + events.reversed()
                .stream()
                .filter(event -> event.kind() == EventKind.HEALTH_CHANGED)
                .map(event -> event.text().contains(": ")
                        ? event.text().substring(event.text().indexOf(": "))
                        : "")
                .findFirst()
                .orElse("");
    }

    private void lastExit(ChildStatus child, ChildStatus.LastExit exit) {
        item(child.actual().isLive() ? "ended before" : "ended", exit.cause() + ", " + moments.said(exit.at())
                + ", after " + Moments.rough(exit.uptime()) + " up, generation " + exit.generation());
        for (Cause.Link link : exit.cause().chain()) {
            item("", "because " + link.path().shortValue() + " " + link.cause());
        }
        exit.used()
                .ifPresent(used -> item("", "having used " + Durations.format(millis(used.user()))
                        + " of processor time, " + Durations.format(millis(used.system()))
                        + " in the kernel"
                        + used.maxRss()
                                .map(most -> ", and " + mebibytes(most) + " of memory at most")
                                .orElse("")));
        if (exit.lastWords().isEmpty()) {
            if (exit.cause().isAbnormal()) {
                item("last words", "none");
            }
            return;
        }
        text.append("  last words\n");
        exit.lastWords().forEach(words -> text.append("    | ").append(line(words)).append('\n'));
    }

    private static Duration millis(Duration exact) {
        return Duration.ofMillis(exact.toMillis());
    }

    private static String mebibytes(ByteSize size) {
        return String.format(Locale.ROOT, "%.1f MiB", size.bytes() / 1048576.0);
    }

    private Optional<String> next(ChildStatus child) {
        String name = child.path().shortValue();
        Optional<String> byItself = child.next()
                .flatMap(next -> next.at().map(at -> next.action() + " at " + moments.said(at)));
        return switch (child.actual()) {
            case SUSPENDED -> Optional.of(byItself.map(next -> next + "; sooner by hand: ")
                    .orElse("nothing by itself; mend it, then: ") + "upkeep reset " + name);
            case BACKOFF ->
                Optional.of(byItself.orElse("a restart") + "; sooner by hand: upkeep start " + name);
            case STOPPED,
                    COMPLETED ->
                Optional.of(child.desired() == DesiredState.RUNNING && byItself.isPresent()
                        ? byItself.get()
                        : "nothing by itself; by hand: upkeep start " + name);
            case ABANDONED ->
                Optional.of("no new instance while it lives; it can only end by itself, or with the"
                        + " supervisor");
            case WAITING, QUEUED, STARTING, RUNNING, STOPPING -> byItself;
        };
    }

    private void children(ChildStatus supervisor) {
        List<ChildStatus> all = supervisor.walk().skip(1).toList();
        List<ChildStatus> troubled = all.stream().filter(Explanation::isTroubled).toList();
        item("children", troubled.isEmpty()
                ? "all " + all.size() + " as they should be"
                : troubled.size() + " of " + all.size() + " need a look:");
        troubled.stream()
                .limit(MOST_CHILDREN)
                .forEach(child -> item("", child.path().shortValue() + " is "
                        + StatusJson.word(child.actual())
                        + (child.actual() == ActualState.RUNNING && !child.ready() ? ", not ready" : "")
                        + (child.health().compareTo(HealthStatus.DEGRADED) >= 0
                                ? ", " + StatusJson.word(child.health())
                                : "")
                        + (child.waitingFor().isEmpty() ? "" : " for " + child.waitingFor())
                        + child.lastExit()
                                .filter(exit -> exit.cause().isAbnormal())
                                .map(exit -> "; " + exit.cause())
                                .orElse("")));
        if (troubled.size() > MOST_CHILDREN) {
            item("", "and " + (troubled.size() - MOST_CHILDREN) + " more");
        }
    }

    private static boolean isTroubled(ChildStatus child) {
        return switch (child.actual()) {
            // A supervisor is only as well as its children, and those speak for themselves.
            case RUNNING -> child.kind() != ChildKind.SUPERVISOR
                    && (!child.ready() || child.health().compareTo(HealthStatus.DEGRADED) >= 0);
            case WAITING, QUEUED, BACKOFF, SUSPENDED, ABANDONED -> true;
            case STARTING, STOPPING, COMPLETED -> false;
            case STOPPED -> child.desired() == DesiredState.RUNNING;
        };
    }

    private void event(TreeEvent event) {
        text.append("  ")
                .append(moments.clockTime(event.at()))
                .append("  ")
                .append(line(event.text().isEmpty() ? event.kind().word() : event.text()))
                .append('\n');
    }

    private void item(String label, String value) {
        text.append("  ")
                .append(label)
                .append(" ".repeat(Math.max(1, 14 - label.length())))
                .append(line(value))
                .append('\n');
    }

    /** A child must not write its own lines into the answer, nor move the cursor of who reads it. */
    private static String line(String words) {
        return words.replaceAll("[\\p{Cc}\\p{Cf}]+", " ");
    }
}
