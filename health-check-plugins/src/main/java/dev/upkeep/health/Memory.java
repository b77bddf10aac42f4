package dev.upkeep.health;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.settings.Durations;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Adds up resident sizes. */
final class Memory implements HealthCheck {
    private static final Pattern RESIDENT = Pattern.compile("\nVmRSS:\\s*(\\d{1,15}) kB");
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};

    private final CheckContext context;
    private final ProcessTree tree;
    private final Levels levels;

    Memory(MemoryFactory.Settings settings, CheckContext context, ProcessTree tree) {
        this.context = context;
        this.tree = tree;
        this.levels = new Levels(MemoryFactory.Settings.bytes(settings.degradedAbove()),
                MemoryFactory.Settings.bytes(settings.unhealthyAbove()),
                Durations.saturatedNanos(settings.sustain()));
    }

    @Override
    public Health probe() throws IOException {
        long[] kibibytes = {0};
        int[] processes = {0};
        tree.forEach(directory -> {
            kibibytes[0] += residentKibibytes(directory);
            processes[0]++;
        });
        return levels.judge(kibibytes[0] * 1024.0, context.ticker().nanos(),
                text(kibibytes[0]) + " resident" + Plural.inProcesses(processes[0]));
    }

    /** What has ended and only waits to be reaped has no memory, and no such line. */
    private static long residentKibibytes(Path directory) throws IOException {
        Matcher line = RESIDENT.matcher(ProcessTree.read(directory.resolve("status")));
        return line.find() ? Long.parseLong(line.group(1)) : 0;
    }

    private static String text(long kibibytes) {
        double number = kibibytes;
        int unit = 0;
        while (number >= 1024 && unit < UNITS.length - 1) {
            number /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f%s" : "%.1f%s", number, UNITS[unit]);
    }
}
