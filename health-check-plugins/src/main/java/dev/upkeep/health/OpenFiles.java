package dev.upkeep.health;

import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Counts descriptors. */
record OpenFiles(OpenFilesFactory.Settings settings, ProcessTree tree) implements HealthCheck {
    private static final Pattern SOFT_LIMIT = Pattern.compile("\nMax open files\\s+(\\d{1,18})\\s");

    /** What was counted in all processes. */
    private static final class Count {
        int processes;
        long open;
        double greatestShare;
        String nearest = "";

        void add(Path directory) throws IOException {
            long here = openOf(directory);
            long limit = limitOf(directory);
            open += here;
            processes++;
            // A limit of 0 leaves what was opened before it was set.
            double share = here == 0 ? 0 : (double) here / limit;
            if (share > greatestShare) {
                greatestShare = share;
                nearest = here + " open files, limit " + limit;
            }
        }
    }

    @Override
    public Health probe() throws IOException {
        Count count = new Count();
        tree.forEach(count::add);
        String all = count.open + " open files" + Plural.inProcesses(count.processes);
        if (isAbove(settings.unhealthyAbove(), count.open)) {
            return Health.unhealthy(all);
        }
        if (isAbove(settings.unhealthyAboveShare(), count.greatestShare)) {
            return Health.unhealthy(count.nearest);
        }
        if (isAbove(settings.degradedAbove(), count.open)) {
            return Health.degraded(all);
        }
        if (isAbove(settings.degradedAboveShare(), count.greatestShare)) {
            return Health.degraded(count.nearest);
        }
        return Health.healthy();
    }

    private static boolean isAbove(Optional<? extends Number> level, double value) {
        return level.isPresent() && value > level.get().doubleValue();
    }

    private static long openOf(Path directory) throws IOException {
        long open = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(directory.resolve("fd"))) {
            for (Path ignored : descriptors) {
                open++;
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return open;
    }

    /** Returns the soft limit; the greatest number if there is none. */
    private static long limitOf(Path directory) throws IOException {
        Matcher line = SOFT_LIMIT.matcher(ProcessTree.read(directory.resolve("limits")));
        return line.find() ? Long.parseLong(line.group(1)) : Long.MAX_VALUE;
    }
}
