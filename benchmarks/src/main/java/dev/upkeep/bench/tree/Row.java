package dev.upkeep.bench.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** One row of the table, measured in this JVM. Prints its lines, and what else there is to say, indented, below them. */
final class Row {
    private final Options options;
    private final RowKind kind;
    private final Watchdog watchdog;
    private final List<Line> lines = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private Row(Options options) {
        this.options = options;
        this.kind = RowKind.of(options.rows().getFirst());
        this.watchdog = new Watchdog(options.limitSeconds(), this::giveUp);
    }

    public static void main(String[] args) throws Exception {
        Row row = new Row(Options.parse(args));
        switch (row.kind) {
            case PAUSES -> Singles.withPauses(row);
            case BACK_TO_BACK -> Singles.backToBack(row);
            case RATE -> Storm.measure(row);
            case ALL_FAIL -> Masses.allFail(row);
            case ONE_FOR_ALL -> Masses.oneForAll(row);
            case START_STOP -> StartStop.measure(row);
            case MEMORY -> Memory.measure(row);
            case LIST -> Listing.measure(row);
        }
        row.print("–");
        System.exit(0);
    }

    int children() {
        return options.children().orElseThrow();
    }

    int rounds(int usual) {
        return options.rounds().orElse(usual);
    }

    boolean histogram() {
        return options.histogram();
    }

    /** Returns the worlds in the order in which they are measured; ours last, because it may not come back. */
    List<World.Kind> worlds() {
        return options.oursAlone() ? List.of(World.Kind.UPKEEP) : List.of(World.Kind.values());
    }

    Watchdog watchdog() {
        return watchdog;
    }

    Line line(String name, Unit unit, Target target) {
        Line line = new Line(name, unit, target);
        lines.add(line);
        return line;
    }

    void note(String text, Object... values) {
        notes.add(String.format(Locale.ROOT, text, values));
    }

    private void print(String missing) {
        lines.forEach(line -> System.out.println(line.text(missing)));
        notes.forEach(note -> System.out.println("    " + note));
        System.out.flush();
    }

    private void giveUp(String what) {
        note("%s did not end within %d s; the tree's loop was at:", what, options.limitSeconds());
        Thread.getAllStackTraces().forEach((thread, stack) -> {
            if (thread.getName().startsWith("tree-")) {
                Arrays.stream(stack)
                        .filter(frame -> frame.getClassName().startsWith("dev.upkeep."))
                        .limit(8)
                        .forEach(frame -> note("  %s", frame));
            }
        });
        print("not within " + options.limitSeconds() + " s");
        Runtime.getRuntime().halt(0);
    }
}
