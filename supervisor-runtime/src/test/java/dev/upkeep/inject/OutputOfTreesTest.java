package dev.upkeep.inject;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.OutputRule;
import dev.upkeep.api.OutputRule.WhenFull;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.Surroundings;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.event.TreeListener;
import dev.upkeep.api.settings.ByteSize;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.plugin.PluginScan;
import dev.upkeep.process.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Where the output of whole trees goes. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
final class OutputOfTreesTest {
    private static final ChildPath LOG = new ChildPath("shop/log");
    private static final ChildPath WRITER = new ChildPath("shop/writer");

    @TempDir
    Path directory;

    private final List<TreeEvent> events = new CopyOnWriteArrayList<>();

    private Supervisor start(SupervisorBuilder tree) {
        TreeAssembly assembly = new TreeAssembly(
                PluginScan.scan(OutputOfTreesTest.class.getClassLoader(), Optional.empty()),
                Processes::forThisHost, Ticker.system(), InstantSource.system(), new InheritedOutput());
        TreeListener listener = events::add;
        TreeAssembly.Launched launched = assembly.launch(tree.build(), Surroundings.of(List.of(listener)),
                directory.resolve("logs"));
        launched.loop().started().join();
        return launched.tree();
    }

    private static ProcessSpec shell(String script, OutputRule rule) {
        return ProcessSpec.of("sh", "-c", script).with(rule);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private static void eventually(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(condition);
    }

    private static void eventually(Supervisor tree, ChildPath child, Predicate<ChildStatus> condition) {
        eventually(() -> tree.status(child).filter(condition).isPresent());
    }

    private static boolean runs(ChildStatus status, long generation) {
        return status.actual() == ActualState.RUNNING && status.generation() == generation;
    }

    private static void kill(Supervisor tree, ChildPath child) {
        long pid = tree.status(child).orElseThrow().pid().orElseThrow();
        assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
    }

    @Test
    @DisplayName("P11 a logger that is killed loses nothing of what is in its pipe, its writers never notice, and it reads to the end when all stop")
    void logger() throws Exception {
        Path seen = directory.resolve("seen");
        Path marker = directory.resolve("marker");
        // The first run does not read at all.
        String reading = "if [ ! -e '" + marker + "' ]; then touch '" + marker
                + "'; exec sleep 600; fi; cat >> '" + seen + "'; echo end >> '" + seen + "'";
        Path done = directory.resolve("done");
        try (Supervisor shop = start(Supervisor.named("shop")
                .child("log", c -> c.process(shell(reading, OutputRule.PREFIXED)))
                .child("writer", c -> c.after("log")
                        .process(shell(
                                "echo run; seq 1 1000; echo error >&2; touch '" + done + "'; exec sleep 600",
                                new OutputRule.Logger("log")))))) {
            eventually(() -> Files.exists(done));
            assertThat(text(seen)).isEmpty();

            kill(shop, LOG);
            eventually(shop, LOG, status -> runs(status, 2));
            eventually(() -> text(seen).endsWith("error\n"));
            assertThat(text(seen).lines()).hasSize(1002).startsWith("run", "1").endsWith("1000", "error");
            assertThat(runs(shop.status(WRITER).orElseThrow(), 1)).isTrue();

            kill(shop, WRITER);
            eventually(shop, WRITER, status -> runs(status, 2));
            eventually(() -> text(seen).lines().count() == 2004);
            assertThat(runs(shop.status(LOG).orElseThrow(), 2)).isTrue();

            shop.shutdown().get(30, TimeUnit.SECONDS);
        }
        // By a signal it would not have come to say so.
        assertThat(text(seen)).endsWith("error\nend\n");
    }

    @Test
    @DisplayName("P11 a writer and its logger that are added while the tree lives find each other")
    void loggerAdded() throws Exception {
        Path seen = directory.resolve("seen");
        try (Supervisor shop = start(Supervisor.named("shop")
                .child("first", c -> c.process("sleep", "600")))) {
            ChildPath root = new ChildPath("shop");
            // It must not run before somebody names it: it would have nothing to read.
            shop.add(root, "log", c -> c.autostart(false)
                    .process(shell("exec cat >> '" + seen + "'", OutputRule.PREFIXED)))
                    .get(20, TimeUnit.SECONDS);
            shop.add(root, "writer", c -> c.autostart(false)
                    .process(shell("echo said; exec sleep 600", new OutputRule.Logger("log"))))
                    .get(20, TimeUnit.SECONDS);
            shop.start(LOG).get(20, TimeUnit.SECONDS);
            shop.start(WRITER).get(20, TimeUnit.SECONDS);
            eventually(() -> text(seen).equals("said\n"));

            shop.stop(LOG).get(20, TimeUnit.SECONDS);
            shop.restart(WRITER).get(20, TimeUnit.SECONDS);
            shop.start(LOG).get(20, TimeUnit.SECONDS);
            eventually(() -> text(seen).equals("said\nsaid\n"));
        }
    }

    @Test
    @DisplayName("P11 a file that has no name is that of the child's path below the directory of the logs")
    void nameOfAFile() throws Exception {
        try (Supervisor shop = start(Supervisor.named("shop")
                .child("api", c -> c.process(shell("echo one; exec sleep 600", OutputRule.File.byDefault())))
                .supervisor("web", s -> s.child("front",
                        c -> c.process(shell("echo two; exec sleep 600", OutputRule.File.byDefault())))))) {
            eventually(() -> text(directory.resolve("logs/api.log")).equals("one\n"));
            eventually(() -> text(directory.resolve("logs/web/front.log")).equals("two\n"));
        }
    }

    @Test
    @DisplayName("P12 a log that cannot be written is an event, and neither its child nor others are restarted for it")
    void unrelatedChildren() throws Exception {
        Path inTheWay = Files.createFile(directory.resolve("in-the-way"));
        Path log = inTheWay.resolve("child.log");
        OutputRule rule = new OutputRule.File(Optional.of(log), new ByteSize(1 << 20), Optional.empty(), 5,
                WhenFull.DROP);
        try (Supervisor shop = start(Supervisor.named("shop")
                .child("writer", c -> c.process(shell("while :; do echo line; sleep 0.05; done", rule)))
                .child("log", c -> c.process("sleep", "600")))) {
            eventually(() -> notes().size() == 1);
            assertThat(notes().get(0).path()).isEqualTo(WRITER);
            assertThat(notes().get(0).text()).contains("cannot be written").contains("ENOTDIR");

            Files.delete(inTheWay);
            eventually(() -> text(log).startsWith("line\n"));
            eventually(() -> notes().size() == 2);
            assertThat(notes().get(1).text()).contains("again").contains("bytes were dropped");
            assertThat(runs(shop.status(WRITER).orElseThrow(), 1)).isTrue();
            assertThat(runs(shop.status(LOG).orElseThrow(), 1)).isTrue();
        }
    }

    private List<TreeEvent> notes() {
        return events.stream().filter(event -> event.kind() == EventKind.OUTPUT_DROPPED).toList();
    }
}
