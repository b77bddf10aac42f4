package dev.upkeep.bench.tree;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One line of the table: the same figure of each world, once per round. */
final class Line {
    private static final String SHAPE = "%-40s %-35s %-35s %-35s %-13s %s";
    static final String HEAD = String.format(Locale.ROOT, SHAPE, "", "ours", "floor: loop thread",
            "floor: dying thread",
            "×", "target");

    private final String name;
    private final Unit unit;
    private final Target target;
    private final Map<World.Kind, List<Double>> rounds = new EnumMap<>(World.Kind.class);

    Line(String name, Unit unit, Target target) {
        this.name = name;
        this.unit = unit;
        this.target = target;
        for (World.Kind kind : World.Kind.values()) {
            rounds.put(kind, Collections.synchronizedList(new ArrayList<>()));
        }
    }

    void add(World.Kind kind, double value) {
        of(kind).add(value);
    }

    private List<Double> of(World.Kind kind) {
        return rounds.getOrDefault(kind, List.of());
    }

    /** @param missing what to say instead of a figure that ours does not have */
    String text(String missing) {
        double ours = median(World.Kind.UPKEEP);
        double loop = median(World.Kind.LOOP_FLOOR);
        double dying = median(World.Kind.DYING_FLOOR);
        String verdict = target.sense() == Target.Sense.NONE
                ? ""
                : Double.isNaN(ours)
                        ? "missed"
                        : target.sense() == Target.Sense.TIMES_LOOP && Double.isNaN(loop)
                                ? ""
                                : target.isMet(ours, loop) ? "met" : "MISSED";
        return String.format(Locale.ROOT, SHAPE, name, Double.isNaN(ours) ? missing : cell(World.Kind.UPKEEP),
                cell(World.Kind.LOOP_FLOOR), cell(World.Kind.DYING_FLOOR),
                times(ours, loop) + " / " + times(ours, dying),
                target.text(unit) + "  " + verdict).stripTrailing();
    }

    private static String times(double ours, double floor) {
        double times = ours / floor;
        return Double.isFinite(times)
                ? String.format(Locale.ROOT, times < 10 ? "%.2f" : "%,.0f", times)
                : "–";
    }

    private String cell(World.Kind kind) {
        List<Double> values = List.copyOf(of(kind));
        if (values.isEmpty()) {
            return "–";
        }
        return unit.format(median(kind)) + (values.size() == 1
                ? ""
                : " (" + unit.bare(Collections.min(values)) + "–"
                        + unit.bare(Collections.max(values)) + ")");
    }

    private double median(World.Kind kind) {
        double[] values = of(kind).stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return values.length == 0 ? Double.NaN : percentile(values, 50);
    }

    /** Returns the value at that rank of sorted ones, the nearest. */
    static double percentile(double[] sorted, double percent) {
        int rank = (int) Math.ceil(percent / 100 * sorted.length);
        return sorted[Math.max(1, rank) - 1];
    }
}
