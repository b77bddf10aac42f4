package dev.upkeep.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code upkeep run} as a service manager sees it that wants sd_notify (P10). The manager is perl, which every Debian has. */
@EnabledOnOs(OS.LINUX)
class NotifyIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final String LISTEN = "use Socket; $| = 1; socket(S, AF_UNIX, SOCK_DGRAM, 0);"
            + " bind(S, pack_sockaddr_un($ARGV[0])) or die $!; print \"listening\\n\";"
            + " while (defined recv(S, my $said, 4096, 0)) { $said =~ s/\\n/ | /g; print \"$said\\n\"; }";

    private static final String SAY = "use Socket; socket(S, AF_UNIX, SOCK_DGRAM, 0);"
            + " send(S, \"READY=1\\nSTATUS=sorting\", 0, pack_sockaddr_un($ENV{NOTIFY_SOCKET})); sleep 1000";

    /** The second takes over, sees the first out and ends when it shall. */
    private static final String HAND_OVER = "use Socket; $| = 1; my $first = $$$$; my $pid = fork;"
            + " unless ($pid) { while (kill 0, $first) { select(undef, undef, undef, 0.02) }"
            + " print \"the first has left\\n\";"
            + " until (-e $ARGV[0]) { select(undef, undef, undef, 0.02) } exit 9 }"
            + " socket(S, AF_UNIX, SOCK_DGRAM, 0);"
            + " send(S, \"MAINPID=$pid\\nREADY=1\", 0, pack_sockaddr_un($ENV{NOTIFY_SOCKET})); exit 3";

    @TempDir
    private static Path directory;

    private static Installed installed;

    private Path socket;
    private Path heard;
    private Process manager;

    @BeforeAll
    static void unpack() throws Exception {
        installed = Installed.in(directory);
    }

    @BeforeEach
    void listen() throws IOException {
        Path own = Files.createTempDirectory(directory, "manager");
        socket = own.resolve("notify");
        heard = own.resolve("heard");
        manager = new ProcessBuilder("perl", "-e", LISTEN, socket.toString()).redirectOutput(heard.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        awaitSaid("listening");
    }

    @AfterEach
    void stop() throws InterruptedException {
        manager.destroyForcibly().waitFor();
    }

    private List<String> managed(String watchdog) {
        return List.of("env", "NOTIFY_SOCKET=" + socket, "WATCHDOG_USEC=" + watchdog);
    }

    private List<String> said() throws IOException {
        return Files.readAllLines(heard);
    }

    private void awaitSaid(String words) {
        await(words).atMost(DEADLINE).until(() -> said().contains(words));
    }

    @Test
    @DisplayName("P10 a service manager hears that the tree is up, how its children are, that it is alive, and that it stops")
    void wholeLife() throws Exception {
        Path file = installed.yaml("""
                name: shop
                children:
                  web: {command: [sh, -c, "env | grep -e NOTIFY_SOCKET -e WATCHDOG; echo that is all; exec sleep 1000"]}
                  mail: {command: [perl, -e, '%s'], ready: notify}
                """.formatted(SAY));
        Path state = directory.resolve("state");
        try (Running shop = installed.run(managed("400000"), file, state)) {
            awaitSaid("READY=1 | STATUS=2 of 2 running");
            shop.await("that is all");
            assertThat(shop.printed()).doesNotContain("NOTIFY_SOCKET=", "WATCHDOG_USEC=");
            await().atMost(DEADLINE)
                    .until(() -> said().stream().filter("WATCHDOG=1"::equals).count() > 3);

            await().atMost(DEADLINE).until(() -> Files.exists(state.resolve("control.sock")));
            assertThat(installed.upkeep("stop", "--state", state.toString(), "mail").status()).isZero();
            awaitSaid("STATUS=1 of 2 running, 1 stopped");

            shop.signal("TERM");
            assertThat(shop.awaitEnd()).isZero();
        }
        awaitSaid("STOPPING=1");
        assertThat(said()).filteredOn(words -> words.startsWith("READY=1")).hasSize(1);
        assertThat(said()).filteredOn("STOPPING=1"::equals).hasSize(1);
    }

    @Test
    @DisplayName("P9 a child that hands over to another process of its session (MAINPID) runs on, and ends with that one")
    void mainProcess() throws Exception {
        Path end = directory.resolve("end");
        Path file = installed.yaml("""
                name: shop
                children:
                  web:
                    command: [perl, -e, '%s', %s]
                    ready: notify
                    backoff: {type: fixed, delay: 10m}
                """.formatted(HAND_OVER, end));
        try (Running shop = installed.run(List.of(), file, directory.resolve("main"))) {
            shop.await(" web +ready");
            shop.await("the first has left");
            assertThat(shop.printed()).doesNotContain("ended:");

            Files.createFile(end);

            shop.await(" web +ended: crashed\\(code 9");
        }
    }

    @Test
    @DisplayName("P10 a stopped supervisor gives no sign of life, and gives them again when it goes on")
    void stopped() throws Exception {
        Path file = installed.yaml("name: shop\nchildren: {web: {command: [sleep, \"1000\"]}}\n");
        try (Running shop = installed.run(managed("100000"), file, directory.resolve("stopped"))) {
            awaitSaid("WATCHDOG=1");
            awaitSaid("READY=1 | STATUS=1 of 1 running");
            shop.signal("STOP");
            await().atMost(DEADLINE)
                    .until(() -> Files.readString(Path.of("/proc/" + shop.pid() + "/stat"))
                            .contains(") T "));
            long before = said().size();
            // Twenty signs of life would come in this time.
            Process second = new ProcessBuilder("sleep", "1").start();
            assertThat(second.waitFor()).isZero();
            assertThat(said().size()).isBetween((int) before, (int) before + 1);

            shop.signal("CONT");
            await().atMost(DEADLINE).until(() -> said().size() > before + 2);
        }
    }
}
