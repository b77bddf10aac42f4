package dev.upkeep.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.upkeep.api.Ending;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.SupervisorSpec.OnStartFailure;
import dev.upkeep.api.Surroundings;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.RestartStrategy;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.inject.TreeAssembly;
import dev.upkeep.plugin.PluginScan;
import dev.upkeep.process.Processes;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.Plugins;
import dev.upkeep.tree.TreeLoop;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What the supervisor says to whatever started it (P10), heard by perl, which every Debian has. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class SuperiorTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final String LISTEN = "use Socket; $| = 1; socket(S, AF_UNIX, SOCK_DGRAM, 0);"
            + " my $name = $ARGV[0]; $name =~ s/^@/\\0/;"
            + " bind(S, pack_sockaddr_un($name)) or die $!; print \"listening\\n\";"
            + " while (defined recv(S, my $said, 4096, 0)) { $said =~ s/\\n/ | /g; print \"$said\\n\"; }";
    private static final long PID = ProcessHandle.current().pid();

    @TempDir
    Path directory;

    private final List<String> said = new CopyOnWriteArrayList<>();
    private Optional<Process> manager = Optional.empty();

    @AfterEach
    void stop() throws InterruptedException {
        if (manager.isPresent()) {
            manager.get().destroyForcibly().waitFor();
        }
    }

    private void listen(String address) throws IOException {
        Process perl = new ProcessBuilder("perl", "-e", LISTEN, address)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        manager = Optional.of(perl);
        BufferedReader lines = new BufferedReader(
                new InputStreamReader(perl.getInputStream(), StandardCharsets.UTF_8));
        assertThat(lines.readLine()).isEqualTo("listening");
        Thread.ofVirtual().start(() -> {
            try {
                lines.lines().forEach(said::add);
            } catch (UncheckedIOException e) {
                // It was killed.
                return;
            }
        });
    }

    private String socket() {
        return directory.resolve("notify").toString();
    }

    private static Superior of(Map<String, String> environment) {
        return Superior.of(environment, PID, Ticker.system());
    }

    private void awaitSaid(String words) {
        await(words).atMost(DEADLINE).until(() -> said.contains(words));
    }

    private static TreeAssembly.Launched launch(SupervisorBuilder shop) {
        TreeAssembly assembly = new TreeAssembly(
                PluginScan.scan(SuperiorTest.class.getClassLoader(), Optional.empty()),
                Processes::forThisHost, Ticker.system(), InstantSource.system(),
                instance -> (stderr, bytes, from, length) -> {});
        return assembly.launch(shop.build(), Surroundings.NONE);
    }

    private static SupervisorBuilder shop() {
        return Supervisor.named("shop")
                .onStartFailure(OnStartFailure.KEEP_TRYING)
                .child("web", c -> c.component(() -> context -> context.awaitStop(Duration.ofDays(1))))
                .supervisor("etl", etl -> etl.child("load",
                        c -> c.component(() -> context -> context.awaitStop(Duration.ofDays(1)))));
    }

    private static CompletableFuture<Ending> accompany(Superior manager, TreeLoop loop) {
        CompletableFuture<Ending> ending = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> ending.complete(manager.accompany(loop)));
        return ending;
    }

    @Test
    @DisplayName("P10 it says when the tree is up, how its children are whenever that changes, and when it stops")
    void wholeLife() throws Exception {
        listen(socket());
        TreeAssembly.Launched shop = launch(shop());
        try (Superior manager = of(Map.of("NOTIFY_SOCKET", socket()))) {
            CompletableFuture<Ending> ending = accompany(manager, shop.loop());
            awaitSaid("READY=1 | STATUS=2 of 2 running");

            shop.tree().stop(new ChildPath("shop/web")).get(30, TimeUnit.SECONDS);
            awaitSaid("STATUS=1 of 2 running, 1 stopped");
            shop.tree().start(new ChildPath("shop/web")).get(30, TimeUnit.SECONDS);
            awaitSaid("STATUS=2 of 2 running");

            shop.loop().offer(new Event.ShutdownAsked("test"));
            ending.get(30, TimeUnit.SECONDS);
        }
        awaitSaid("STOPPING=1");
        assertThat(said).filteredOn(word -> word.startsWith("READY=1")).hasSize(1);
        assertThat(said).filteredOn(word -> word.equals("STOPPING=1")).hasSize(1);
        assertThat(said).noneMatch(word -> word.contains("WATCHDOG"));
    }

    @Test
    @DisplayName("P10 a socket without a file is spoken to as well, and a sign of life is given at half of WATCHDOG_USEC")
    void watchdog() throws Exception {
        String name = "@upkeep-test-" + PID + "-" + System.nanoTime();
        listen(name);
        TreeAssembly.Launched shop = launch(shop());
        try (Superior manager = of(
                Map.of("NOTIFY_SOCKET", name, "WATCHDOG_USEC", "100000", "WATCHDOG_PID", "" + PID))) {
            CompletableFuture<Ending> ending = accompany(manager, shop.loop());
            await().atMost(DEADLINE).until(() -> said.stream().filter("WATCHDOG=1"::equals).count() >= 10);
            shop.loop().offer(new Event.ShutdownAsked("test"));
            ending.get(30, TimeUnit.SECONDS);
        }
        awaitSaid("STOPPING=1");
    }

    @Test
    @DisplayName("P10 a loop that does not answer is not vouched for")
    void hangingLoop() throws Exception {
        listen(socket());
        TreeSpec spec = shop().build();
        // Never started: its queue is never read.
        TreeLoop loop = new TreeLoop(spec, new NoPlugins(), Ticker.system(), InstantSource.system(), 1);
        try (Superior manager = of(Map.of("NOTIFY_SOCKET", socket(), "WATCHDOG_USEC", "20000"))) {
            Thread waits = Thread.ofPlatform().daemon().start(() -> manager.accompany(loop));
            // The status shows that it was heard; then many beats pass.
            await().atMost(DEADLINE).until(() -> !said.isEmpty());
            assertThat(waits.join(Duration.ofMillis(500))).isFalse();
        }

        assertThat(said).allMatch(word -> word.startsWith("STATUS=0 of 2 running"));
    }

    @Test
    @DisplayName("P10 the watchdog of another process is none of its business, nor is one that is no number")
    void othersWatchdog() throws Exception {
        listen(socket());
        for (Map<String, String> environment : List.of(
                Map.of("NOTIFY_SOCKET", socket(), "WATCHDOG_USEC", "1000", "WATCHDOG_PID", "1"),
                Map.of("NOTIFY_SOCKET", socket(), "WATCHDOG_USEC", "often"),
                Map.of("NOTIFY_SOCKET", socket(), "WATCHDOG_USEC", "-1"))) {
            said.clear();
            TreeAssembly.Launched shop = launch(shop());
            try (Superior manager = of(environment)) {
                CompletableFuture<Ending> ending = accompany(manager, shop.loop());
                awaitSaid("READY=1 | STATUS=2 of 2 running");
                shop.loop().offer(new Event.ShutdownAsked("test"));
                ending.get(30, TimeUnit.SECONDS);
            }
            awaitSaid("STOPPING=1");
            assertThat(said).noneMatch(word -> word.contains("WATCHDOG"));
        }
    }

    @Test
    @DisplayName("P10 one that is not there, cannot be spoken to or does not listen holds nothing up")
    void nobodyThere() throws Exception {
        Path full = directory.resolve("full");
        listen(full.toString());
        // It reads no more, and its queue fills up.
        new ProcessBuilder("kill", "-STOP", Long.toString(manager.orElseThrow().pid())).start().waitFor();
        for (String address : List.of(directory.resolve("nothing").toString(), "vsock:2:1234",
                "/" + "x".repeat(200), full.toString(), "")) {
            TreeAssembly.Launched shop = launch(shop());
            try (Superior manager = of(Map.of("NOTIFY_SOCKET", address, "WATCHDOG_USEC", "2000"))) {
                CompletableFuture<Ending> ending = accompany(manager, shop.loop());
                assertThat(shop.tree().awaitReady(Duration.ofSeconds(30))).isTrue();
                shop.loop().offer(new Event.ShutdownAsked("test"));
                assertThat(ending.get(30, TimeUnit.SECONDS).exitCode()).isZero();
            }
        }
        assertThat(Files.exists(directory.resolve("nothing"))).isFalse();
    }

    private static final class NoPlugins implements Plugins {
        @Override
        public RestartStrategy strategy(Choice choice) {
            return (failure, siblings) -> {
                throw new AssertionError("nothing fails");
            };
        }

        @Override
        public Backoff backoff(Choice choice) {
            return attempt -> Duration.ZERO;
        }
    }
}
