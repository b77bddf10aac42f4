package dev.upkeep.supervise;

import dev.upkeep.api.child.ActualState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a simulation has come across: how often each rule was put to the test, and each event met each state. */
@SuppressWarnings("EnumOrdinal") // counters in arrays: they are raised after every event
final class Counts {
    private static final ActualState[] STATES = ActualState.values();
    private static final List<String> PLAIN = List.of("Started", "StartRefused", "Ended",
            "Ended, members left",
            "Gone", "ReadyChanged", "FoundUnhealthy", "HealthChanged", "Permitted", "Refused",
            "BreakerChanged",
            "CarriersBusy", "StartTree", "ShutdownAsked", "Advised", "Noted", "Extended", "Said", "Add",
            "Scale", "Apply");
    private static final List<String> COLUMNS = columns();
    /** The row of those that are gone for good. */
    private static final int GONE = STATES.length;
    private static final String ADVISED = "the core waits for it, with the child down, before anything else happens";
    private static final int TIMERS = PLAIN.size();
    private static final int VERBS = TIMERS + Timer.Kind.values().length;

    private final long[] rules = new long[Rule.values().length];
    private final long[][] cells = new long[COLUMNS.size()][STATES.length + 1];
    long schedules;
    /** Schedules of trees that ended early: they are not counted as schedules. */
    long shorter;
    long events;

    private static List<String> columns() {
        List<String> names = new ArrayList<>(PLAIN);
        for (Timer.Kind kind : Timer.Kind.values()) {
            names.add("timer " + kind.name().toLowerCase(Locale.ROOT));
        }
        for (Event.Verb verb : Event.Verb.values()) {
            names.add("verb " + verb.name().toLowerCase(Locale.ROOT));
        }
        return names;
    }

    private static int column(Event event) {
        return switch (event) {
            case Event.Started e -> 0;
            case Event.StartRefused e -> 1;
            case Event.Ended e -> e.membersLeft() ? 3 : 2;
            case Event.Gone e -> 4;
            case Event.ReadyChanged e -> 5;
            case Event.FoundUnhealthy e -> 6;
            case Event.HealthChanged e -> 7;
            case Event.Permitted e -> 8;
            case Event.Refused e -> 9;
            case Event.BreakerChanged e -> 10;
            case Event.CarriersBusy e -> 11;
            case Event.StartTree e -> 12;
            case Event.ShutdownAsked e -> 13;
            case Event.Advised e -> 14;
            case Event.Noted e -> 15;
            case Event.Extended e -> 16;
            case Event.Said e -> 17;
            case Event.Add e -> 18;
            case Event.Scale e -> 19;
            case Event.Apply e -> 20;
            case Event.TimerDue e -> TIMERS + e.timer().kind().ordinal();
            case Event.Asked e -> VERBS + e.verb().ordinal();
        };
    }

    /** Says why an event cannot meet a child in that state, or one that is gone; nothing if it can. */
    private static @Nullable String impossible(int column, int row) {
        String name = COLUMNS.get(column);
        if (row == GONE) {
            return switch (name) {
                case "StartTree", "ShutdownAsked", "CarriersBusy", "Apply", "timer shutdown",
                        "timer gate_rate" ->
                    "it is for the root, which is never gone";
                case "BreakerChanged" -> "it is for those that use the breaker";
                case "Advised" -> ADVISED;
                default -> null;
            };
        }
        ActualState state = STATES[row];
        return switch (name) {
            case "StartTree" -> state == ActualState.STOPPED ? null : "it is sent once, and first";
            case "Advised" -> state == ActualState.STOPPED ? null : ADVISED;
            case "ShutdownAsked", "CarriersBusy", "Apply", "timer shutdown", "timer gate_rate" ->
                switch (state) {
                    case WAITING, QUEUED, BACKOFF, SUSPENDED, COMPLETED, ABANDONED ->
                        "the root has nothing to wait for, and nobody who would restart it";
                    case STOPPED -> "StartTree is the first event, and none follows the end";
                    case STARTING, RUNNING -> name.equals("timer shutdown")
                            ? "its deadline is set when it stops, and it does not come back"
                            : null;
                    case STOPPING -> null;
                };
            default -> null;
        };
    }

    void rule(Rule rule) {
        rules[rule.ordinal()]++;
    }

    /** @param child whom it comes to; nobody if it is gone for good */
    void cell(Event event, @Nullable Child child) {
        cells[column(event)][child == null ? GONE : child.actual.ordinal()]++;
    }

    void add(Counts other) {
        for (int i = 0; i < rules.length; i++) {
            rules[i] += other.rules[i];
        }
        for (int c = 0; c < cells.length; c++) {
            for (int s = 0; s <= STATES.length; s++) {
                cells[c][s] += other.cells[c][s];
            }
        }
        schedules += other.schedules;
        shorter += other.shorter;
        events += other.events;
    }

    /** Returns what should have been met and was not. */
    List<String> missing() {
        return which((c, row) -> cells[c][row] == 0 && impossible(c, row) == null);
    }

    /** Returns what was met and is said to be impossible. */
    List<String> surprising() {
        return which((c, row) -> cells[c][row] != 0 && impossible(c, row) != null);
    }

    private interface Test {
        boolean of(int column, int row);
    }

    private static List<String> which(Test test) {
        List<String> found = new ArrayList<>();
        for (int c = 0; c < COLUMNS.size(); c++) {
            for (int row = 0; row <= GONE; row++) {
                if (test.of(c, row)) {
                    found.add(COLUMNS.get(c) + " × " + nameOf(row));
                }
            }
        }
        return found;
    }

    private static String nameOf(int row) {
        return row == GONE ? "gone" : STATES[row].name().toLowerCase(Locale.ROOT);
    }

    /** Returns the rules that were never put to the test, of those that can be here. */
    List<Rule> untried() {
        // Listeners hang on the loop, and their rings are tested there.
        return Arrays.stream(Rule.values()).filter(r -> rules[r.ordinal()] == 0 && r != Rule.E2).toList();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("schedules ").append(schedules)
                .append(" (and ")
                .append(shorter)
                .append(" of trees that ended early), events ")
                .append(events)
                .append("\nhow often each rule was put to the test:");
        for (Rule rule : Rule.values()) {
            text.append(rule.ordinal() % 8 == 0 ? "\n " : "")
                    .append(String.format(Locale.ROOT, " %4s %-10d", rule, rules[rule.ordinal()]));
        }
        text.append(String.format(Locale.ROOT, "%nhow often each event met each state:%n%-20s", ""));
        for (int row = 0; row <= GONE; row++) {
            text.append(String.format(Locale.ROOT, "%11s", nameOf(row)));
        }
        for (int c = 0; c < cells.length; c++) {
            text.append(String.format(Locale.ROOT, "%n%-20s", COLUMNS.get(c)));
            for (int row = 0; row <= GONE; row++) {
                text.append(impossible(c, row) == null
                        ? String.format(Locale.ROOT, "%11d", cells[c][row])
                        : "          -");
            }
        }
        return text.toString();
    }
}
