package dev.upkeep.state;

import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker.Snapshot;
import dev.upkeep.api.settings.Defaults;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Breakers as a file has them: a line that says what it is and when it was written, then one line for each breaker, its fields
 * between tabs: name, state, step, milliseconds until its next trial or a dash, reason.
 *
 * @param written on the wall clock
 */
record BreakersText(Instant written, Map<String, Snapshot> breakers) {
    private static final String TITLE = "upkeep-breakers 1 ";
    private static final String NO_TRIAL = "-";
    private static final int LONGEST_REASON = 500;
    private static final int FIELDS = 5;

    /** Returns the text. A closed breaker that has nothing to remember is left out. */
    String text() {
        StringBuilder text = new StringBuilder(TITLE).append(written).append('\n');
        new TreeMap<>(breakers).forEach((name, snapshot) -> {
            if (snapshot.state() != BreakerState.CLOSED || snapshot.step() > 0) {
                text.append(name)
                        .append('\t')
                        .append(Defaults.wordOf(snapshot.state()))
                        .append('\t')
                        .append(snapshot.step())
                        .append('\t')
                        .append(snapshot.untilTrial().map(left -> "" + left.toMillis()).orElse(NO_TRIAL))
                        .append('\t')
                        .append(line(snapshot.reason()))
                        .append('\n');
            }
        });
        return text.toString();
    }

    private static String line(String reason) {
        String line = reason.replaceAll("\\p{Cc}+", " ");
        return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON);
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws IllegalArgumentException if it is anything else, naming the line
     */
    static BreakersText parse(String text) {
        List<String> lines = text.lines().toList();
        if (lines.isEmpty() || !lines.get(0).startsWith(TITLE)) {
            throw new IllegalArgumentException("it does not begin with '" + TITLE.strip() + "'");
        }
        Map<String, Snapshot> breakers = new HashMap<>();
        try {
            for (int i = 1; i < lines.size(); i++) {
                String[] fields = lines.get(i).split("\t", -1);
                if (fields.length != FIELDS || breakers.put(fields[0], snapshot(fields)) != null) {
                    throw new IllegalArgumentException("line " + (i + 1) + " is not one of a breaker");
                }
            }
            return new BreakersText(Instant.parse(lines.get(0).substring(TITLE.length())), breakers);
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException("a time cannot be read: " + e.getMessage(), e);
        }
    }

    private static Snapshot snapshot(String[] fields) {
        return new Snapshot(stateOf(fields[1]), Integer.parseInt(fields[2]),
                fields[3].equals(NO_TRIAL)
                        ? Optional.empty()
                        : Optional.of(Duration.ofMillis(Long.parseLong(fields[3]))),
                fields[4]);
    }

    private static BreakerState stateOf(String word) {
        for (BreakerState state : BreakerState.values()) {
            if (Defaults.wordOf(state).equals(word)) {
                return state;
            }
        }
        throw new IllegalArgumentException("no breaker is '" + word + "'");
    }
}
