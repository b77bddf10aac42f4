package dev.upkeep.bench.tree;

import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.management.JMException;
import javax.management.ObjectName;

/** The live objects of this JVM after a full collection, by class. */
record Census(Map<String, Share> classes) {
    /** What one class has of the heap. */
    record Share(long objects, long bytes) {
        Share minus(Share other) {
            return new Share(objects - other.objects, bytes - other.bytes);
        }
    }

    private static final Share NOTHING = new Share(0, 0);

    static Census take() throws JMException {
        String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(new ObjectName("com.sun.management:type=DiagnosticCommand"), "gcClassHistogram",
                        new Object[]{new String[0]}, new String[]{String[].class.getName()});
        Map<String, Share> classes = new HashMap<>();
        // "   1:        200012        9600576  java.lang.Thread (java.base@25)"
        histogram.lines().map(String::strip).filter(line -> line.matches("\\d+: .*")).forEach(line -> {
            String[] words = line.split("\\s+", 5);
            classes.merge(words[3], new Share(Long.parseLong(words[1]), Long.parseLong(words[2])),
                    (a, b) -> new Share(a.objects + b.objects, a.bytes + b.bytes));
        });
        return new Census(classes);
    }

    long bytes() {
        return classes.values().stream().mapToLong(Share::bytes).sum();
    }

    /** Returns what this one has more, the most first. */
    List<Map.Entry<String, Share>> minus(Census other, int most) {
        return classes.entrySet()
                .stream()
                .map(e -> Map.entry(e.getKey(),
                        e.getValue().minus(other.classes.getOrDefault(e.getKey(), NOTHING))))
                .sorted(Comparator.comparingLong(e -> -e.getValue().bytes()))
                .limit(most)
                .toList();
    }
}
