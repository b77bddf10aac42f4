package dev.upkeep.control;

import dev.upkeep.api.Supervisor;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker.Snapshot;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.Signal;
import dev.upkeep.api.settings.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The whole tree as {@code upkeep status} prints it (O3), for a log: the command line has its table from the JSON of a
 * supervisor that answers, and this is for when none does.
 */
public final class StatusText {
    private static final List<String> HEAD = List.of("NAME", "STATE", "READY", "HEALTH", "PID", "UPTIME",
            "RESTARTS", "LAST-EXIT", "NEXT");

    private StatusText() {}

    /** Returns the table in lines, and after it a line for each breaker that is open. Its secrets are not hidden. */
    public static List<String> of(Supervisor tree, Instant now) {
        List<List<String>> rows = Stream
                .concat(Stream.of(HEAD), tree.status().walk().map(child -> row(child, now)))
                .toList();
        int[] widths = IntStream.range(0, HEAD.size())
                .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
                .toArray();
        List<String> lines = new ArrayList<>(rows.size());
        rows.forEach(row -> lines.add(line(row, widths)));
        breakers(tree.breakerSnapshots(), lines);
        return lines;
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < row.size(); column++) {
            String cell = row.get(column);
            line.append(cell);
            if (column < row.size() - 1) {
                line.repeat(' ', widths[column] - cell.length() + 2);
            }
        }
        return line.toString();
    }

    private static List<String> row(ChildStatus child, Instant now) {
        return Stream.of(child.path().shortValue(),
                StatusJson.word(child.actual()),
                child.flapping() ? "flapping" : child.ready() ? "yes" : "no",
                StatusJson.word(child.health()),
                child.pid().isPresent() ? Long.toString(child.pid().getAsLong()) : "",
                child.startedAt()
                        .filter(at -> child.actual().isLive())
                        .map(at -> rough(Duration.between(at, now)))
                        .orElse(""),
                Long.toString(child.restarts()),
                child.lastExit().map(exit -> lastExit(exit, now)).orElse(""),
                child.next().map(next -> next(next, now)).orElse(""))
                .map(cell -> cell.isEmpty() ? "-" : cell)
                .toList();
    }

    private static String lastExit(ChildStatus.LastExit exit, Instant now) {
        Optional<ExitStatus> status = exit.cause().status();
        String how = status.filter(s -> s.signal() != 0)
                .map(s -> "(" + Signal.nameOf(s.signal()) + ")")
                .or(() -> status.filter(s -> s.code() >= 0).map(s -> "(code " + s.code() + ")"))
                .orElse("");
        return exit.cause().kind().word() + how + " " + rough(Duration.between(exit.at(), now)) + " ago";
    }

    private static String next(ChildStatus.Next next, Instant now) {
        return next.action()
                + next.at().map(at -> " in " + rough(Duration.between(now, at))).orElse(" by hand");
    }

    private static void breakers(Map<String, Snapshot> all, List<String> lines) {
        new TreeMap<>(all).forEach((name, breaker) -> {
            if (breaker.state() == BreakerState.OPEN) {
                lines.add("breaker '" + name + "' is open"
                        + (breaker.reason().isEmpty() ? "" : ": " + breaker.reason())
                        + breaker.untilTrial().map(left -> "; next trial in " + rough(left)).orElse(""));
            }
        });
    }

    /** Returns the duration in its two greatest units; of one that clocks have made negative, zero. */
    private static String rough(Duration duration) {
        if (duration.toDays() >= 2) {
            return duration.toDays() + "d" + duration.toHoursPart() + "h";
        }
        if (duration.toHours() >= 1) {
            return Durations.format(Duration.ofMinutes(duration.toMinutes()));
        }
        return duration.isNegative() ? "0s" : Durations.format(Duration.ofSeconds(duration.toSeconds()));
    }
}
