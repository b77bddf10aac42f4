package dev.upkeep.bench.process;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** What was measured in one row, of each supervisor. */
final class Samples {
    private final Map<String, Sample> byName = new LinkedHashMap<>();

    Sample of(Keeper keeper) {
        return byName.computeIfAbsent(keeper.name(), name -> new Sample());
    }

    void forEach(BiConsumer<String, Sample> action) {
        byName.forEach(action);
    }

    boolean has(String name) {
        return byName.containsKey(name);
    }

    double median(String name) {
        Sample sample = byName.get(name);
        return sample == null ? Double.NaN : sample.median();
    }

    /** Returns the median of one as a multiple of that of another. */
    double ratio(String one, String other) {
        return median(one) / median(other);
    }
}
