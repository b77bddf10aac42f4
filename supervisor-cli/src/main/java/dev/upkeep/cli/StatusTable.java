package dev.upkeep.cli;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The table of {@code status}: one line for each child, plain for a pipe, coloured for a terminal (O3). */
final class StatusTable {
    private static final List<String> HEAD = List.of("NAME", "STATE", "READY", "HEALTH", "PID", "UPTIME",
            "RESTARTS",
            "LAST-EXIT", "NEXT");
    private static final int STATE = 1;
    private static final int HEALTH = 3;

    private final boolean colour;

    StatusTable(boolean colour) {
        this.colour = colour;
    }

    String of(List<Child> children, Instant now) {
        List<List<String>> rows = Stream
                .concat(Stream.of(HEAD), children.stream().map(child -> row(child, now)))
                .toList();
        List<Integer> widths = IntStream.range(0, HEAD.size())
                .mapToObj(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
                .toList();
        StringBuilder text = new StringBuilder();
        rows.forEach(row -> text.append(line(row, widths)).append('\n'));
        return text.toString();
    }

    private static List<String> row(Child child, Instant now) {
        return Stream
                .of(child.name(), child.state(), child.ready(), child.health(), child.pid(),
                        child.uptime(), child.restarts(), child.lastExit(now), child.next(now))
                .map(cell -> cell.isEmpty() ? "-" : Terminal.harmless(cell).replace('\n', ' '))
                .toList();
    }

    private String line(List<String> row, List<Integer> widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < row.size(); column++) {
            String cell = row.get(column);
            line.append(painted(cell, column));
            if (column < row.size() - 1) {
                line.append(" ".repeat(widths.get(column) - cell.length() + 2));
            }
        }
        return line.toString();
    }

    private String painted(String cell, int column) {
        if (!colour || column != STATE && column != HEALTH) {
            return cell;
        }
        int code = switch (cell) {
            case "running", "healthy" -> 32;
            case "suspended", "abandoned", "unhealthy" -> 31;
            case "backoff", "waiting", "queued", "starting", "stopping", "degraded" -> 33;
            default -> 0;
        };
        return code == 0 ? cell : "\u001b[" + code + "m" + cell + "\u001b[0m";
    }
}
