package dev.upkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.Reply;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.control.ShortAddress;
import dev.upkeep.api.control.StateDirectory;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.control.ControlServer;
import dev.upkeep.control.FakeSupervisor;
import dev.upkeep.control.Identity;
import dev.upkeep.control.RecentEvents;
import dev.upkeep.control.SeenEvent;
import dev.upkeep.control.Shop;
import dev.upkeep.state.Holder;
import dev.upkeep.state.StateLock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The verbs against a real control server that a tree standing still is behind. */
@Timeout(60)
class CommandsTest {
    @TempDir
    private Path temp;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();
    private final FakeSupervisor tree = new FakeSupervisor(Shop.tree());
    private final RecentEvents recent = new RecentEvents();
    private boolean colour;
    private StateLock lock;
    private ControlServer server;

    @BeforeEach
    void open() throws Exception {
        Path state = temp.resolve("xdg/upkeep/shop");
        environment.put("XDG_STATE_HOME", temp.resolve("xdg").toString());
        Files.writeString(temp.resolve("upkeep.yaml"),
                "# the shop\nname: shop  # ours\nchildren:\n  web: {name: no}\n");
        lock = StateLock.take(state, new Holder("shop", 1, Shop.NOW));
        server = ControlServer.open(lock, tree, recent,
                new Identity("shop", ProcessHandle.current().pid(), Shop.NOW, "0.1.0"),
                text -> text,
                () -> tree.shutdown());
    }

    @AfterEach
    void close() throws Exception {
        server.close();
        lock.close();
    }

    private int upkeep(String... args) {
        out.reset();
        err.reset();
        return Main.run(new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), environment, temp, false, colour,
                () -> Shop.NOW,
                ZoneOffset.UTC), args);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void statusPrintsATableOfTheTree() {
        assertThat(upkeep("status")).isEqualTo(Exit.OK);

        assertThat(out().replaceAll("\\d+[dhms][0-9hms]* ", "UP ")).isEqualToIgnoringWhitespace("""
                NAME      STATE      READY  HEALTH     PID   UPTIME  RESTARTS  LAST-EXIT                NEXT
                shop      running    yes    degraded   -     UP      0         -                        -
                web       running    yes    healthy    4711  UP      0         -                        -
                mailer    backoff    no     unknown    -     -       3         crashed(SIGKILL) UP ago  restart in 5s
                etl       running    yes    degraded   -     UP      0         -                        -
                etl/load  suspended  no     unhealthy  -     -       5         crashed(code 1) UP ago   trial by hand
                api-0     running    yes    healthy    4712  UP      0         -                        -
                api-1     running    yes    healthy    4713  UP      0         -                        -
                """);
        assertThat(out().lines())
                .allSatisfy(line -> assertThat(line).doesNotEndWith(" ").doesNotContain("\u001b"));
    }

    @Test
    void o3StatusOfANamedChildThatDoesNotRunIsThree() {
        assertThat(upkeep("status", "web")).isEqualTo(Exit.OK);
        assertThat(upkeep("status", "web", "mailer")).isEqualTo(Exit.NOT_RUNNING);
        assertThat(upkeep("status", "wep")).isEqualTo(Exit.NOT_RUNNING);
        assertThat(err()).contains("'wep' is no child of 'shop'. Did you mean 'web'?");
        assertThat(upkeep("status", "load")).isEqualTo(Exit.NOT_RUNNING);
        assertThat(err()).contains("Did you mean 'etl/load'?");
    }

    @Test
    void statusAsJsonIsTheArrayOfTheServer() {
        assertThat(upkeep("status", "-o", "json", "mailer")).isEqualTo(Exit.NOT_RUNNING);

        assertThat(out()).isEqualTo("[{\"path\":\"shop/mailer\",\"kind\":\"process\",\"state\":\"backoff\","
                + "\"ready\":false,\"health\":\"unknown\",\"flapping\":false,\"pid\":null,\"generation\":7,\"restarts\":3,"
                + "\"uptimeMillis\":null,\"lastExit\":{\"cause\":\"crashed\",\"code\":null,\"signal\":\"SIGKILL\","
                + "\"at\":\"2026-03-01T02:59:56Z\"},\"next\":{\"action\":\"restart\","
                + "\"at\":\"2026-03-01T03:00:05Z\"}}]\n");
    }

    @Test
    void aTerminalGetsColour() {
        colour = true;

        assertThat(upkeep("status", "web", "etl/load")).isEqualTo(Exit.NOT_RUNNING);

        assertThat(out()).contains("\u001b[32mrunning\u001b[0m", "\u001b[31msuspended\u001b[0m");
    }

    @Test
    void verbsTakePathsGlobsAndReplicas() {
        assertThat(upkeep("restart", "api-*", "shop/web")).isEqualTo(Exit.OK);
        assertThat(out().lines()).containsExactly("web: done: 'web' did as it was told",
                "api-0: done: 'api-0' did as it was told", "api-1: done: 'api-1' did as it was told");
        assertThat(tree.asked).containsExactlyInAnyOrder("restart shop/web", "restart shop/api-0",
                "restart shop/api-1");

        tree.asked.clear();
        assertThat(upkeep("stop", "api")).isEqualTo(Exit.OK);
        assertThat(tree.asked).containsExactlyInAnyOrder("stop shop/api-0", "stop shop/api-1");

        tree.asked.clear();
        assertThat(upkeep("reset", "etl/*")).isEqualTo(Exit.OK);
        assertThat(tree.asked).containsExactly("reset shop/etl/load");
    }

    @Test
    void aNameThatStandsForNothingMeansThatNothingIsDone() {
        assertThat(upkeep("stop", "web", "nobody", "no*")).isEqualTo(Exit.FAILED);

        assertThat(err()).contains("'nobody' is no child", "'no*' is no child");
        assertThat(tree.asked).isEmpty();
    }

    @Test
    void aVerbThatFailsSaysOfWhichChild() {
        tree.answer = path -> CompletableFuture.completedFuture(path.id().equals("web")
                ? new Reply(Reply.Kind.START_FAILED, "'web' did not start:\u001b[2J ENOENT")
                : new Reply(Reply.Kind.UNCHANGED, "'mailer' runs"));

        assertThat(upkeep("start", "web", "mailer")).isEqualTo(Exit.FAILED);

        assertThat(out()).isEqualTo("mailer: unchanged: 'mailer' runs\n");
        assertThat(err()).isEqualTo("web: start-failed: 'web' did not start: [2J ENOENT\n");
    }

    @Test
    void aVerbGivesUpWaitingInTime() {
        tree.answer = path -> new CompletableFuture<>();

        assertThat(upkeep("stop", "--timeout", "50ms", "web")).isEqualTo(Exit.FAILED);

        assertThat(err()).contains("web: timeout: 'web' did not stop within 50ms");
    }

    @Test
    void whyPrintsTheSupervisorsWords() {
        assertThat(upkeep("why", "etl/load")).isEqualTo(Exit.OK);
        assertThat(out()).startsWith("etl/load is SUSPENDED")
                .contains("| no such table: orders")
                .doesNotContain("\u001b");

        assertThat(upkeep("why", "etl/load", "-o", "json")).isEqualTo(Exit.OK);
        assertThat(out()).startsWith("{\"path\":\"shop/etl/load\"");

        assertThat(upkeep("why", "nobody")).isEqualTo(Exit.FAILED);
    }

    @Test
    void eventsArePrintedOldestFirst() {
        recent.on(
                new SeenEvent(1, EventKind.STARTED, new ChildPath("shop/web"), Shop.NOW.minusSeconds(2), ""));
        recent.on(new SeenEvent(2, EventKind.EXITED, new ChildPath("shop/web"), Shop.NOW,
                "code 1\nshop  ready"));

        assertThat(upkeep("events")).isEqualTo(Exit.OK);
        assertThat(out()).isEqualTo("""
                2026-03-01 02:59:58.000  shop/web  started
                2026-03-01 03:00:00.000  shop/web  code 1 shop  ready
                """);

        assertThat(upkeep("events", "-n", "1", "-o", "json")).isEqualTo(Exit.OK);
        assertThat(out()).startsWith("{\"events\":[{\"sequence\":2,").contains("\"last\":2,\"lost\":0");
    }

    @Test
    void shutdownSaysWhenTheTreeHasStopped() {
        assertThat(upkeep("shutdown")).isEqualTo(Exit.OK);

        assertThat(out()).isEqualTo("'shop' has stopped\n");
        assertThat(tree.asked).containsExactly("shutdown");
    }

    @Test
    void o3FourWhenNoSupervisorAnswers() throws Exception {
        Path dead = Files.createDirectories(temp.resolve("dead"));
        assertThat(upkeep("status", "--state", dead.toString())).isEqualTo(Exit.NO_SUPERVISOR);
        assertThat(err()).contains("no supervisor answers at " + dead.resolve("control.sock"));

        assertThat(upkeep("status", "--state", dead.resolve("missing").toString()))
                .isEqualTo(Exit.NO_SUPERVISOR);

        try (ServerSocketChannel gone = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                ShortAddress address = ShortAddress.of(StateDirectory.socketIn(dead))) {
            gone.bind(address.address());
        }
        assertThat(upkeep("status", "--state", dead.toString())).isEqualTo(Exit.NO_SUPERVISOR);
    }

    @Test
    void o3FourWhenWhatAnswersIsNoSupervisor() throws Exception {
        for (String lie : List.of("", "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n[]",
                "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) {
            Path state = Files.createTempDirectory(temp, "lie");
            try (ServerSocketChannel liar = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                    ShortAddress address = ShortAddress.of(StateDirectory.socketIn(state))) {
                liar.bind(address.address());
                Thread answering = Thread.ofVirtual().start(() -> answer(liar, lie));

                assertThat(upkeep("status", "web", "--state", state.toString())).as(lie)
                        .isEqualTo(Exit.NO_SUPERVISOR);
                answering.join();
            }
        }
    }

    private static void answer(ServerSocketChannel server, String bytes) {
        try (var client = server.accept()) {
            client.read(ByteBuffer.allocate(4096));
            client.write(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.UTF_8)));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void o3TwoForAMistakeOnTheCommandLine() throws Exception {
        assertThat(upkeep()).isEqualTo(Exit.USAGE);
        assertThat(err()).contains("which verb?", "status", "shutdown");
        assertThat(upkeep("statsu")).isEqualTo(Exit.USAGE);
        assertThat(err()).contains("Did you mean", "status");
        assertThat(upkeep("stop")).isEqualTo(Exit.USAGE);
        assertThat(upkeep("stop", "--timeout", "soon", "web")).isEqualTo(Exit.USAGE);
        assertThat(err()).contains("'soon' is not a duration");
        assertThat(upkeep("status", "-f", "missing.yaml")).isEqualTo(Exit.USAGE);
        assertThat(err()).contains("missing.yaml cannot be read: it does not exist");
        Files.delete(temp.resolve("upkeep.yaml"));
        assertThat(upkeep("status")).isEqualTo(Exit.USAGE);
        assertThat(err()).contains("no ./upkeep.yaml here", "--state");
    }

    @Test
    void helpNamesAlsoTheVerbsThatNeedNoSupervisor() {
        assertThat(upkeep("--help")).isEqualTo(Exit.OK);

        assertThat(out()).contains("status", "restart", "why", "events", "shutdown", "run [FILE]",
                "check [FILE]",
                "plugins", "4 no supervisor");
    }
}
