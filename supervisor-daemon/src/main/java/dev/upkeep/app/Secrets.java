package dev.upkeep.app;

import dev.upkeep.config.Configuration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Hides the secrets of the configuration in what is told of the tree (F2): those of the file as it is, and those it had before,
 * for what a child that ended long ago said of them. Safe for any thread.
 */
final class Secrets implements UnaryOperator<String> {
    /** As many readings of the file that differ in their secrets are remembered. */
    static final int READINGS = 32;
    /** A secret may have lines of its own, as a key has; one that is shorter says nothing, and may stand anywhere. */
    private static final int SHORTEST_LINE = 8;

    // Guarded by this.
    private final Deque<Set<String>> readings = new ArrayDeque<>();
    private volatile UnaryOperator<String> mask = UnaryOperator.identity();

    /** Hides those of a configuration from now on. */
    synchronized void add(Configuration configuration) {
        readings.remove(configuration.secrets());
        readings.addLast(configuration.secrets());
        if (readings.size() > READINGS) {
            readings.removeFirst();
        }
        Set<String> all = new HashSet<>();
        readings.forEach(secrets -> secrets.forEach(secret -> {
            all.add(secret);
            // As it looks where a text has to be one line.
            all.add(secret.replaceAll("[\\p{Cc}\\p{Cf}]+", " "));
            secret.lines().filter(line -> line.strip().length() >= SHORTEST_LINE).forEach(all::add);
        }));
        mask = all.isEmpty()
                ? UnaryOperator.identity()
                : new Configuration(configuration.tree(), all)::masked;
    }

    @Override
    public String apply(String text) {
        return mask.apply(text);
    }
}
