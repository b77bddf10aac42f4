package dev.upkeep.process;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.upkeep.api.Supervisor;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.settings.Choice;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * The program of a test, in a JVM of its own because it takes processes or descriptors away from all of it: a tree of which
 * one child dies while the host has no room for another, for so many seconds. Prints what became of it.
 */
final class ShortHost {
    private static final int RLIMIT_NPROC = 6;
    private static final ChildPath WEB = new ChildPath("shop/web");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Queue<TreeEvent> events = new ConcurrentLinkedQueue<>();
    private final List<Integer> taken = new ArrayList<>();
    private final String what;

    private ShortHost(String what) {
        this.what = what;
    }

    /** @param args {@code processes} or {@code descriptors}, and for how many seconds */
    public static void main(String[] args) throws Exception {
        PrintStream out = System.out;
        // What is logged is not what is asked for.
        System.setOut(System.err);
        new ShortHost(args[0]).run(Duration.ofSeconds(Long.parseLong(args[1])), out);
    }

    private void run(Duration hold, PrintStream out) throws Exception {
        try (Supervisor shop = Supervisor.named("shop")
                .listener(events::add)
                // One restart is all there is: were a refused start counted, the tree would give up.
                .intensity(1, Duration.ofHours(1))
                .child("web", c -> c.process("sleep", "600").backoff(Choice.of("fixed")))
                .child("db", c -> c.process("sleep", "600"))
                .child("cache", c -> c.process("sleep", "600"))
                .start()) {
            loadAll();
            ChildPath first = new ChildPath("shop/first");
            shop.add(new ChildPath("shop"), "first", c -> c.process("no-such-program"))
                    .get(20, TimeUnit.SECONDS);
            await("all to be up", () -> shop.list().stream().allMatch(ChildStatus::ready));
            long web = shop.status(WEB).orElseThrow().pid().orElseThrow();
            int before = started();

            take();
            Kernel.kill(web, 9);
            await("a shortage", () -> count(EventKind.HOST_SHORTAGE) > 0);
            long began = System.nanoTime();
            await("the end of the shortage", () -> System.nanoTime() - began > hold.toNanos());
            long refused = count(EventKind.HOST_SHORTAGE);
            String meanwhile = shop.status(WEB).orElseThrow().actual().toString().toLowerCase(Locale.ROOT);
            giveBack();

            await("web to be back",
                    () -> shop.status(WEB).filter(s -> s.ready() && s.generation() > 1).isPresent());
            out.println("meanwhile: " + meanwhile);
            out.println("cause: " + events.stream()
                    .filter(e -> e.kind() == EventKind.HOST_SHORTAGE)
                    .map(TreeEvent::text)
                    .distinct()
                    .toList());
            // 1 s, 2 s, 4 s and so on: never once for each try of a loop that spins.
            out.println("tries: " + refused);
            out.println("others: " + Stream.of("shop", "shop/db", "shop/cache")
                    .map(path -> shop.status(new ChildPath(path)).orElseThrow().generation())
                    .toList());
            out.println("gave up: " + (count(EventKind.GAVE_UP) + count(EventKind.SUSPENDED)));
            out.println("started anew: " + (started() - before));
            out.println(
                    "running: " + ProcessHandle.current().children().filter(ProcessHandle::isAlive).count()
                            + " of "
                            + shop.list().stream().filter(status -> status.pid().isPresent()).count());
            out.println("first: " + shop.status(first).isPresent());
        }
    }

    /** Loads what lies in directories: without descriptors no class can be read any more, unless it is in an open jar. */
    private static void loadAll() throws IOException {
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path root = Path.of(entry);
            if (Files.isDirectory(root.resolve("dev/upkeep"))) {
                try (Stream<Path> all = Files.walk(root)) {
                    all.map(file -> root.relativize(file).toString())
                            .filter(name -> name.endsWith(".class"))
                            .forEach(ShortHost::load);
                }
            }
        }
    }

    private static void load(String file) {
        String name = file.substring(0, file.length() - ".class".length()).replace(File.separatorChar, '.');
        try {
            var _ = Class.forName(name, false, ShortHost.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            System.err.println("not loaded: " + e);
        }
    }

    private int started() {
        return (int) count(EventKind.STARTED);
    }

    private long count(EventKind kind) {
        return events.stream().filter(event -> event.kind() == kind).count();
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long began = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - began > PATIENCE_NANOS) {
                throw new IllegalStateException("waited in vain for " + what);
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private void take() throws Exception {
        if (what.equals("processes")) {
            limit(RLIMIT_NPROC, 1);
            return;
        }
        try {
            while (true) {
                taken.add(Kernel.devNull());
            }
        } catch (CallFailed e) {
            System.err.println("filled: " + e.getMessage());
        }
    }

    private void giveBack() {
        if (what.equals("processes")) {
            limit(RLIMIT_NPROC, Rights.limit(RLIMIT_NPROC)[1]);
        }
        taken.forEach(Kernel::close);
    }

    /** Changes the soft limit of this very process, which counts threads, too. */
    private static void limit(int resource, long soft) {
        long prlimit = Kernel.byProcessor(302, 261);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment both = arena.allocate(JAVA_LONG, 2);
            both.setAtIndex(JAVA_LONG, 0, soft == Long.MAX_VALUE ? -1 : soft);
            long hard = Rights.limit(resource)[1];
            both.setAtIndex(JAVA_LONG, 1, hard == Long.MAX_VALUE ? -1 : hard);
            Kernel.call(prlimit, 0, resource, both.address(), 0, 0);
        }
    }
}
