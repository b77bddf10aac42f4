package dev.upkeep.health;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.settings.Durations;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** Compares the processor time of two runs. */
final class Cpu implements HealthCheck {
    /** What /proc counts in, on every architecture: USER_HZ, not the kernel's own tick. */
    private static final long NANOS_PER_TICK = 10_000_000;
    private static final long SHORTEST_NANOS = 100_000_000;

    private final CheckContext context;
    private final ProcessTree tree;
    private final Levels levels;
    private boolean begun;
    private long lastNanos;
    private long lastTicks;
    private Health last = Health.healthy();

    Cpu(CpuFactory.Settings settings, CheckContext context, ProcessTree tree) {
        this.context = context;
        this.tree = tree;
        this.levels = new Levels(CpuFactory.Settings.number(settings.degradedAbove()),
                CpuFactory.Settings.number(settings.unhealthyAbove()),
                Durations.saturatedNanos(settings.sustain()));
    }

    @Override
    public Health probe() throws IOException {
        long now = context.ticker().nanos();
        long elapsed = now - lastNanos;
        if (begun && elapsed < SHORTEST_NANOS) {
            return last;
        }
        long[] ticks = {0};
        int[] processes = {0};
        tree.forEach(directory -> {
            ticks[0] += ticks(directory);
            processes[0]++;
        });
        if (begun) {
            // What ended without being waited for takes its time along.
            double busy = (double) Math.max(0, ticks[0] - lastTicks) * NANOS_PER_TICK;
            double cores = busy / elapsed;
            last = levels.judge(cores, now, String.format(Locale.ROOT, "%.2f cores%s", cores,
                    Plural.inProcesses(processes[0])));
        }
        begun = true;
        lastNanos = now;
        lastTicks = ticks[0];
        return last;
    }

    /** Its own time and that of the children it has waited for, so that the sum stays when a child is reaped. */
    private static long ticks(Path directory) throws IOException {
        String[] fields = ProcessTree.statFields(directory);
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]) + Long.parseLong(fields[13])
                + Long.parseLong(fields[14]);
    }
}
