package dev.upkeep.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Keeps the same children with each supervisor, in turn, and prints how each did. Arguments: an empty directory, that of the
 * compiled programs, the command {@code upkeep}, then options. Exit status 1 only on collapse, ten times beyond what is
 * promised; 2 for a word that is not known.
 */
final class Processes {
    private static final int MANY = 1000;
    private static final int VERY_MANY = 5000;
    private static final int STORM = 800;
    private static final int FIRST = 10;
    private static final int IDLE_SECONDS = 60;
    private static final int WATCH_SECONDS = 20;
    private static final long WRITTEN = 2_000_000_000L;
    private static final long WRITTEN_QUICKLY = 500_000_000L;
    /** Peers do not start a child again at once that has lived for less than a second. */
    private static final int PEERS_PAUSE_MILLIS = 1600;
    private static final int PAUSE_MILLIS = 30;
    private static final int STORM_PAUSE_MILLIS = 500;

    private final Options options;
    private final Table table = new Table();
    private final List<Keeper> keepers = new ArrayList<>();
    private final String ours;
    private int runs;

    private Processes(Options options) {
        this.options = options;
        Keeper upkeep = new UpkeepKeeper(options.upkeep());
        this.ours = upkeep.name();
        keepers.add(upkeep);
        keepers.add(new CKeeper(options.tools().resolve("keeper")));
    }

    public static void main(String[] words) throws IOException, InterruptedException {
        Options options;
        try {
            options = Options.of(words);
        } catch (IllegalArgumentException e) {
            System.err.println("processes: " + e.getMessage());
            System.exit(2);
            return;
        }
        Processes run = new Processes(options);
        run.all();
        System.exit(run.table.collapsed() ? 1 : 0);
    }

    private void all() throws IOException, InterruptedException {
        System.out.printf(Locale.ROOT, "%d processors, Linux %s, load %s%n",
                Runtime.getRuntime().availableProcessors(), System.getProperty("os.version"),
                Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]);
        if (options.peers()) {
            for (Keeper peer : Peers.all()) {
                Optional<String> missing = peer.missing();
                if (missing.isPresent()) {
                    System.out.println(
                            peer.name() + " is left out: there is no " + missing.get() + " on the PATH");
                } else {
                    keepers.add(peer);
                }
            }
        }
        for (Row row : options.rows()) {
            switch (row) {
                case KILL -> kill();
                case STORM -> storm();
                case START -> start();
                case IDLE -> idle();
                case OUTPUT -> output();
            }
        }
    }

    private void kill() throws IOException, InterruptedException {
        int rounds = options.peers() ? options.rounds(20, 5) : options.rounds(300, 50);
        Samples samples = strikes(1, rounds, options.peers() ? PEERS_PAUSE_MILLIS : PAUSE_MILLIS);
        table.title("kill -9 to the first instruction of the next instance, ms: median of " + rounds
                + ", least to most");
        samples.forEach((name, sample) -> table.line(name,
                sample.text("%.2f") + String.format(Locale.ROOT, "; of the first %d %.2f", FIRST,
                        sample.medianOfFirst(FIRST))));
        table.promise("upkeep / C", samples.ratio(ours, "C"), 2, "");
    }

    private void storm() throws IOException, InterruptedException {
        int rounds = options.rounds(11, 3);
        Samples samples = strikes(STORM, rounds,
                options.peers() ? PEERS_PAUSE_MILLIS : STORM_PAUSE_MILLIS);
        table.title(
                STORM + " killed at once, until all are back, ms: median of " + rounds + ", least to most");
        samples.forEach((name, sample) -> table.line(name, sample.text("%.0f")));
        table.promise("upkeep / C", samples.ratio(ours, "C"), 1.5, "");
        if (samples.has(Peers.DAEMONTOOLS)) {
            table.promise("upkeep / " + Peers.DAEMONTOOLS, samples.ratio(ours, Peers.DAEMONTOOLS), 0.6, "");
        }
    }

    /** Kills all children of each supervisor, one supervisor after the other, again and again. */
    private Samples strikes(int children, int rounds, int pauseMillis)
            throws IOException, InterruptedException {
        Samples samples = new Samples();
        List<Kept> all = new ArrayList<>();
        try (Striker striker = new Striker(options.tools().resolve("strike"))) {
            for (Keeper keeper : keepers) {
                all.add(startStamping(keeper, children));
            }
            for (Kept kept : all) {
                kept.awaitStarts(children, 0);
            }
            for (int i = 1; i <= rounds; i++) {
                Thread.sleep(children > 1 || options.peers() ? pauseMillis : 0);
                for (Kept kept : all) {
                    if (children == 1 && !options.peers()) {
                        Thread.sleep(pauseMillis);
                    }
                    long killed = striker.kill(kept.awaitStarts(i * children, (i - 1) * children));
                    long back = latest(kept.awaitStarts((i + 1) * children, i * children));
                    samples.of(kept.keeper()).add((back - killed) / 1e6);
                }
            }
        } finally {
            all.forEach(Kept::close);
        }
        return samples;
    }

    private void start() throws IOException, InterruptedException {
        int rounds = options.rounds(7, 2);
        Samples samples = new Samples();
        Samples whole = new Samples();
        for (int i = 0; i < rounds; i++) {
            for (Keeper keeper : keepers) {
                long began = System.nanoTime();
                try (Kept kept = startStamping(keeper, MANY)) {
                    List<Stamp> stamps = kept.awaitStarts(MANY, 0);
                    samples.of(keeper).add((latest(stamps) - earliest(stamps)) / 1e6);
                    whole.of(keeper).add((latest(stamps) - began) / 1e6);
                }
            }
        }
        table.title(grouped(MANY) + " children started, from the first to the last, ms: median of " + rounds
                + ", least to most");
        samples.forEach((name, sample) -> table.line(name, sample.text("%.0f")
                + String.format(Locale.ROOT, "; from the command to the last %.0f", whole.median(name))));
        table.promise("upkeep / C", samples.ratio(ours, "C"), 1.5, "");
    }

    private void idle() throws IOException, InterruptedException {
        int seconds = options.rounds(IDLE_SECONDS, 15);
        double few = idle(MANY, seconds);
        double many = idle(VERY_MANY, seconds);
        table.promise(grouped(VERY_MANY) + " need more than " + grouped(MANY) + ":", many - few, 15, " MiB");
    }

    /** Returns what ours needed. */
    private double idle(int children, int seconds) throws IOException, InterruptedException {
        table.title(String.format(Locale.ROOT,
                "%s idle children, %d s after one status; processor time over the %d s after that",
                grouped(children), seconds, WATCH_SECONDS));
        double pss = 0;
        for (Keeper keeper : keepers) {
            try (Kept kept = startStamping(keeper, children)) {
                kept.awaitStarts(children, 0);
                long asked = System.nanoTime();
                kept.ask();
                asked = System.nanoTime() - asked;
                Thread.sleep(seconds * 1000L);
                List<Long> pids = kept.supervisors();
                Weight weight = Weight.of(pids);
                long before = Weight.processorMillis(pids);
                Thread.sleep(WATCH_SECONDS * 1000L);
                double used = (Weight.processorMillis(pids) - before) / (double) WATCH_SECONDS;
                table.line(keeper.name(), String.format(Locale.ROOT,
                        "Pss %.1f MiB, Rss %.1f MiB, %d processes, %d threads, processor %.1f ms/s",
                        weight.pss(), weight.rss(), weight.processes(), weight.threads(), used));
                if (keeper.name().equals(ours)) {
                    pss = weight.pss();
                    table.line("", String.format(Locale.ROOT, "upkeep status, the whole command: %.0f ms",
                            asked / 1e6));
                    if (children == MANY) {
                        table.promise("Pss", weight.pss(), 70, " MiB");
                        table.promise("threads", weight.threads(), 25, "");
                        table.promise("processor", used, 2, " ms/s");
                    }
                }
            }
        }
        return pss;
    }

    private void output() throws IOException, InterruptedException {
        int rounds = options.rounds(5, 2);
        long bytes = options.rounds(1, 0) == 1 ? WRITTEN : WRITTEN_QUICKLY;
        Samples samples = new Samples();
        for (int i = 0; i < rounds; i++) {
            for (Keeper keeper : keepers) {
                Path place = fresh();
                List<String> command = List.of(child(), "write", Long.toString(bytes),
                        Kept.stampsIn(place).file().toString());
                try (Kept kept = Kept.start(keeper, place, 1, command, true)) {
                    List<Stamp> stamps = kept.awaitStarts(2, 0);
                    samples.of(keeper)
                            .add(bytes * 1e3 / (latest(stamps) - earliest(stamps)));
                }
            }
        }
        table.title(String.format(Locale.ROOT,
                "output of one child into rotated files, %s MB in lines of 100 bytes, MB/s: median of %d, least to most",
                grouped(bytes / 1_000_000), rounds));
        samples.forEach((name, sample) -> table.line(name, sample.text("%.0f")));
        table.promiseAtLeast("upkeep", samples.median(ours), 200, " MB/s");
        table.line("", String.format(Locale.ROOT, "upkeep / C %.2f", samples.ratio(ours, "C")));
    }

    private Kept startStamping(Keeper keeper, int children) throws IOException {
        Path place = fresh();
        return Kept.start(keeper, place, children,
                List.of(child(), "stamp", Kept.stampsIn(place).file().toString()), false);
    }

    private String child() {
        return options.tools().resolve("child").toString();
    }

    private Path fresh() throws IOException {
        return Files.createDirectory(options.place().resolve(Integer.toString(runs++)));
    }

    private static long earliest(List<Stamp> stamps) {
        return stamps.stream().mapToLong(Stamp::nanos).min().orElseThrow();
    }

    private static long latest(List<Stamp> stamps) {
        return stamps.stream().mapToLong(Stamp::nanos).max().orElseThrow();
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
