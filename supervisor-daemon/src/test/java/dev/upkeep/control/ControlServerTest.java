package dev.upkeep.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.Reply;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Permit;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.control.StateDirectory;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.time.Timers;
import dev.upkeep.state.Holder;
import dev.upkeep.state.StateLock;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ControlServerTest {
    @TempDir
    private Path temp;

    private final FakeSupervisor tree = new FakeSupervisor(Shop.tree());
    private final RecentEvents recent = new RecentEvents();
    private volatile UnaryOperator<String> secrets = UnaryOperator.identity();
    private Path socket;
    private StateLock lock;
    private ControlServer server;

    @BeforeEach
    void open() throws Exception {
        open(temp.resolve("state"), Duration.ofSeconds(10));
    }

    private void open(Path directory, Duration life) throws Exception {
        Identity identity = new Identity("shop", 4700, Shop.NOW, "0.1.0");
        lock = StateLock.take(directory, new Holder("shop", 4700, Shop.NOW));
        socket = StateDirectory.socketIn(directory);
        server = ControlServer.open(lock, tree, recent, identity, text -> secrets.apply(text),
                () -> tree.shutdown(), life);
    }

    @AfterEach
    void close() throws Exception {
        server.close();
        lock.close();
    }

    private String get(String target) throws IOException {
        return RawClient.ask(socket, "GET", target);
    }

    private String post(String target) throws IOException {
        return RawClient.ask(socket, "POST", target);
    }

    @Test
    void statusHasExactlyTheKeysPeopleRelyOn() throws IOException {
        assertThat(get("/v1/status")).startsWith("HTTP/1.1 200")
                .contains("application/json")
                .containsPattern(
                        "\\[\\{\"path\":\"shop\",\"kind\":\"supervisor\",\"state\":\"running\",\"ready\":true,"
                                + "\"health\":\"degraded\",\"flapping\":false,\"pid\":null,\"generation\":7,\"restarts\":0,\"uptimeMillis\":\\d+,"
                                + "\"lastExit\":null,\"next\":null\\}")
                .contains(
                        "{\"path\":\"shop/mailer\",\"kind\":\"process\",\"state\":\"backoff\",\"ready\":false,"
                                + "\"health\":\"unknown\",\"flapping\":false,\"pid\":null,\"generation\":7,\"restarts\":3,\"uptimeMillis\":null,"
                                + "\"lastExit\":{\"cause\":\"crashed\",\"code\":null,\"signal\":\"SIGKILL\","
                                + "\"at\":\"2026-03-01T02:59:56Z\"},"
                                + "\"next\":{\"action\":\"restart\",\"at\":\"2026-03-01T03:00:05Z\"}}")
                .contains("\"code\":1,\"signal\":null", "{\"action\":\"trial\",\"at\":null}");
    }

    @Test
    void aVerbTakesAPathWithOrWithoutTheRootsName() throws IOException {
        assertThat(post("/v1/children/etl/load/reset")).contains("HTTP/1.1 200", "\"kind\":\"done\"");
        assertThat(post("/v1/children/shop/web/restart")).contains("HTTP/1.1 200",
                "'web' did as it was told");

        assertThat(tree.asked).containsExactly("reset shop/etl/load", "restart shop/web");
    }

    @Test
    void aVerbThatFailsSaysHow() throws IOException {
        tree.answer = path -> CompletableFuture
                .completedFuture(new Reply(Reply.Kind.START_FAILED, "'web' did not start: ENOENT"));

        assertThat(post("/v1/children/web/start")).contains("HTTP/1.1 409",
                "{\"error\":{\"kind\":\"start-failed\",\"text\":\"'web' did not start: ENOENT\"}}");
    }

    @Test
    void p9_whySaysWhatAChildSaysOfItself() throws IOException {
        tree.status = Shop.supervisor("shop",
                List.of(Shop.saying("shop/api", "replaying with hunter2, 40%\u001b[2J")));
        secrets = text -> text.replace("hunter2", "***");

        assertThat(get("/v1/why/api")).contains("  says          replaying with ***, 40% [2J\\n",
                "\"says\":\"replaying with ***, 40%").doesNotContain("hunter2");
        tree.status = Shop.tree();
        assertThat(get("/v1/why/web")).contains("\"says\":\"\"").doesNotContain("  says ");
    }

    @Test
    void f2_noAnswerShowsASecretWhateverChildrenChecksAndTheHostSay() throws IOException {
        String secret = "hunter2";
        ChildStatus.LastExit exit = new ChildStatus.LastExit(
                Cause.startFailed("ENOENT: no 'prog --key=hunter2'"),
                7, Shop.NOW, Duration.ZERO, List.of("cannot log in as shop:hunter2"), Optional.empty());
        tree.status = Shop.supervisor("shop", List.of(Shop.ended("shop/web", exit),
                Shop.ended("shop/mail",
                        new ChildStatus.LastExit(Cause.unhealthy("http", "GET /?key=hunter2: 403"), 7,
                                Shop.NOW, Duration.ZERO, List.of(), Optional.empty()))));
        recent.on(new SeenEvent(1, EventKind.EXITED, new ChildPath("shop/web"), Shop.NOW,
                "crashed(unhealthy: GET /?key=hunter2)", List.of("cannot log in as shop:hunter2")));
        tree.answer = path -> CompletableFuture
                .completedFuture(
                        new Reply(Reply.Kind.START_FAILED, "'web' did not start: no 'prog --key=hunter2'"));

        List<String> open = answers();
        assertThat(open).as("the secret is in each of them").allMatch(answer -> answer.contains(secret));

        secrets = text -> text.replace(secret, "***");
        assertThat(answers()).allSatisfy(answer -> assertThat(answer).contains("***").doesNotContain(secret));
        assertThat(get("/v1/status")).doesNotContain(secret);
        tree.answer = path -> CompletableFuture
                .failedFuture(new IllegalStateException("no prog --key=hunter2"));
        assertThat(post("/v1/children/web/start")).contains("HTTP/1.1 500", "***").doesNotContain(secret);
    }

    private List<String> answers() throws IOException {
        return List.of(get("/v1/why/web"), get("/v1/why/mail"), get("/v1/why/shop"), get("/v1/events"),
                post("/v1/children/web/start"));
    }

    @Test
    void aVerbThatTakesTooLongIsAnsweredInTime() throws IOException {
        tree.answer = path -> new CompletableFuture<>();

        assertThat(post("/v1/children/web/stop?timeout=50ms")).contains("HTTP/1.1 504",
                "\"kind\":\"timeout\"",
                "did not stop within 50ms; it is running");
    }

    @Test
    void aVerbThatThrowsIsAnErrorOfThatRequestAlone() throws IOException {
        tree.answer = path -> CompletableFuture.failedFuture(new IllegalStateException("loop is gone"));
        assertThat(post("/v1/children/web/stop")).contains("HTTP/1.1 500", "loop is gone");
        tree.answer = path -> {
            throw new IllegalStateException("loop is gone");
        };
        assertThat(post("/v1/children/web/stop")).contains("HTTP/1.1 500", "\"kind\":\"internal\"");

        assertThat(get("/v1/supervisor")).contains("\"name\":\"shop\",\"pid\":4700");
    }

    @Test
    void everyWrongRequestHasATypedAnswer() throws IOException {
        assertThat(post("/v1/children/nobody/stop")).contains("HTTP/1.1 404",
                "'nobody' is no child of 'shop'");
        assertThat(post("/v1/children/web/explode")).contains("HTTP/1.1 404", "'explode' is no verb");
        assertThat(post("/v1/children/web/stop?timeout=soon")).contains("HTTP/1.1 400",
                "'soon' is not a duration");
        assertThat(post("/v1/children/")).contains("HTTP/1.1 404", "\"kind\":\"not-found\"");
        assertThat(get("/v1/children/web/stop")).contains("HTTP/1.1 405", "takes POST, not GET");
        assertThat(get("/v1/events?since=-1")).contains("HTTP/1.1 400", "since must be a number");
        assertThat(get("/v1/why/..%2f..%2fetc")).contains("HTTP/1.1 40", "\"error\"");
        assertThat(get("/")).contains("HTTP/1.1 404", "/v1/status");
        assertThat(tree.asked).isEmpty();
    }

    @Test
    void whyAnswersForPeopleAndForPrograms() throws IOException {
        assertThat(get("/v1/why/etl/load")).contains("HTTP/1.1 200", "\"cause\":\"crashed(code 1)\"",
                "\"lastWords\":[\"no such table: orders\"", "\"text\":\"etl/load is SUSPENDED");
    }

    @Test
    void whySaysWhichBreakerHoldsTheChildAndUntilWhen() throws IOException {
        tree.breaker = Optional.of(new OpenBreaker("database", Optional.of(Duration.ofSeconds(20))));
        assertThat(get("/v1/why/etl/load"))
                .containsPattern(
                        "\"breaker\":\"'database' is open: 5 failures in a row; next trial [-0-9: ]+\\(in (20|19)s\\)\"")
                .contains("  breaker       'database' is open: 5 failures in a row; next trial ");

        tree.breaker = Optional.of(new OpenBreaker("shop/etl/load", Optional.empty()));
        assertThat(get("/v1/why/etl/load"))
                .contains("\"breaker\":\"its own is open: 5 failures in a row\"");
        assertThat(get("/v1/status")).contains("\"flapping\":false");
    }

    /** A plugin's breaker, so it may do anything. */
    private record OpenBreaker(String name, Optional<Duration> untilTrial) implements CircuitBreaker {
        @Override
        public Optional<Permit> tryAcquire() {
            return Optional.empty();
        }

        @Override
        public View view() {
            return new View(name, 3, BreakerState.OPEN, Optional.of(77L), "5 failures in a row");
        }

        @Override
        public Optional<Snapshot> snapshot() {
            return Optional.of(new Snapshot(BreakerState.OPEN, 1, untilTrial, ""));
        }

        @Override
        public Timers.Cancellable onChange(Consumer<View> listener) {
            return () -> {};
        }

        @Override
        public void reset() {}

        @Override
        public void close() {}
    }

    @Test
    void whyIsAnsweredThoughTheBreakerCannotBeAsked() throws IOException {
        tree.breaker = Optional.of(new OpenBreaker("database", Optional.of(Duration.ofSeconds(-1))));

        assertThat(get("/v1/why/etl/load")).contains("HTTP/1.1 200", "\"breaker\":null");
    }

    @Test
    void shutdownAnswersWhenTheTreeHasEnded() throws IOException {
        assertThat(post("/v1/shutdown")).contains("HTTP/1.1 200", "'shop' has stopped");

        assertThat(tree.asked).containsExactly("shutdown");
    }

    @Test
    void theSocketIsForItsOwnerAloneAndGoesWithTheServer() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
                .isEqualTo("rwx------");
        try (var left = Files.list(socket.getParent())) {
            assertThat(left.map(p -> p.getFileName().toString())).containsExactlyInAnyOrder("control.sock",
                    "lock");
        }

        server.close();

        assertThat(socket).doesNotExist();
    }

    @Test
    void theSocketOfADeadSupervisorIsReplaced() throws Exception {
        close();
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();

        open();

        assertThat(get("/v1/supervisor")).contains("HTTP/1.1 200");
    }

    @Test
    void aStateDirectoryOfTwoHundredLettersWorks() throws Exception {
        close();

        open(temp.resolve("a".repeat(100)).resolve("b".repeat(100)), Duration.ofSeconds(10));

        assertThat(get("/v1/supervisor")).contains("HTTP/1.1 200");
    }

    @Test
    void anotherUserIsRefused() throws Exception {
        UserPrincipal stranger = temp.getFileSystem()
                .getUserPrincipalLookupService()
                .lookupPrincipalByName("64999");
        try (var listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            Path path = temp.resolve("s");
            listening.bind(UnixDomainSocketAddress.of(path));
            try (RawClient client = new RawClient(path); var accepted = listening.accept()) {
                assertThat(PeerCheck.forOwnerOf(path).admits(accepted)).isTrue();
                assertThat(new PeerCheck(Set.of(stranger)).admits(accepted)).isFalse();
                assertThat(client).isNotNull();
            }
        }
    }

    @Test
    void o4GarbageHugeHeadersAndHalfRequestsHarmNobodyElse() throws Exception {
        close();
        open(temp.resolve("state"), Duration.ofSeconds(2));
        List<RawClient> held = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            held.add(new RawClient(socket).send("GET /v1/sta"));
        }
        try (RawClient garbage = new RawClient(socket); RawClient huge = new RawClient(socket)) {
            assertThat(garbage.send("\u0000\u0001 no http at all\r\n\r\n").readAll()).contains("400",
                    "\"error\"");
            String flood = "x-flood: " + "a".repeat(10 << 20);
            assertThatThrownBy(() -> huge.send("GET /v1/status HTTP/1.1\r\n" + flood))
                    .isInstanceOf(IOException.class);

            assertThat(get("/v1/supervisor")).contains("HTTP/1.1 200");
        }
        for (RawClient slow : held) {
            assertThat(slow.readAll()).doesNotContain("200 OK");
            slow.close();
        }
    }

    @Test
    void o4ClientsThatWaitDoNotKeepOthersOut() throws Exception {
        tree.answer = path -> new CompletableFuture<>();
        List<RawClient> waiting = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            waiting.add(new RawClient(socket)
                    .send("POST /v1/children/web/stop?timeout=1s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
            if (i == 50) {
                assertThat(get("/v1/status")).contains("HTTP/1.1 200");
            }
        }

        assertThat(get("/v1/status")).contains("HTTP/1.1 200");

        List<String> answers = new ArrayList<>();
        for (RawClient client : waiting) {
            answers.add(client.readAll());
            client.close();
        }
        assertThat(answers).filteredOn(answer -> answer.contains("504")).hasSize(32);
        assertThat(answers).filteredOn(answer -> answer.contains("503")).isNotEmpty();
    }

    @Test
    void o4ClientsThatDiedWaitingTakeNobodysPlace() throws Exception {
        CountDownLatch asked = new CountDownLatch(32);
        tree.answer = path -> {
            asked.countDown();
            return new CompletableFuture<>();
        };
        List<RawClient> waiting = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            waiting.add(new RawClient(socket)
                    .send("POST /v1/children/web/stop?timeout=1h HTTP/1.1\r\nHost: x\r\n\r\n"));
        }
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(post("/v1/children/web/stop?timeout=50ms")).contains("HTTP/1.1 503", "\"kind\":\"busy\"");

        for (RawClient client : waiting) {
            client.close();
        }

        assertThat(post("/v1/children/web/stop?timeout=50ms")).contains("HTTP/1.1 504");
    }

    @Test
    void o4EveryRefusalIsTypedAndEndsTheConnection() throws Exception {
        assertThat(raw("BREW / HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.1 501")
                .contains("\"error\"");
        assertThat(
                raw("POST /v1/shutdown HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 411")
                .contains("Connection: close", "\"kind\":\"bad-request\"");
        assertThat(raw("GET /" + "a".repeat(9_000))).startsWith("HTTP/1.1 414");
        assertThat(raw("HEAD /v1/status HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.1 405")
                .endsWith("\r\n\r\n");
        assertThat(tree.asked).isEmpty();
    }

    private String raw(String bytes) throws IOException {
        try (RawClient client = new RawClient(socket)) {
            return client.send(bytes).readAll();
        }
    }

    @Test
    void o4AConnectionCarriesOneRequestAndNoMore() throws Exception {
        String request = "GET /v1/supervisor HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n";

        assertThat(raw(request + request)).containsOnlyOnce("HTTP/1.1 200").contains("Connection: close");
    }

    @Test
    void aBodyNobodyAskedForIsReadOver() throws Exception {
        String request = "POST /v1/children/web/stop HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n";

        assertThat(raw(request + "x".repeat(60_000))).startsWith("HTTP/1.1 200");
        assertThat(tree.asked).containsExactly("stop shop/web");
    }

    @Test
    void o4AClientThatSendsOneByteAtATimeHasNoMoreTimeThanOthers() throws Exception {
        close();
        open(temp.resolve("state"), Duration.ofMillis(500));
        try (RawClient slow = new RawClient(socket)) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> {
                while (System.nanoTime() - start < Duration.ofSeconds(30).toNanos()) {
                    slow.send("G");
                }
            }).isInstanceOf(IOException.class);
        }
    }

    @Test
    void o4AClientThatDoesNotReadIsCutOffAndHarmsNobody() throws Exception {
        close();
        tree.status = Shop.manyChildren(20_000);
        open(temp.resolve("state"), Duration.ofSeconds(6));
        try (RawClient deaf = new RawClient(socket)) {
            deaf.send("GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(get("/v1/supervisor")).startsWith("HTTP/1.1 200");
            assertThat(get("/v1/status")).startsWith("HTTP/1.1 200").contains("shop/w-19999").endsWith("\n");

            Awaitility.await().atMost(Duration.ofSeconds(30)).until(server::connections, n -> n == 0);
            assertThat(deaf.readAll()).startsWith("HTTP/1.1 200").doesNotContain("shop/w-19999");
        }
    }

    @Test
    void o4ClientsThatDoNotReadHoldOnlySoMuchMemoryAndLeaveRoomForOneThatDoes() throws Exception {
        tree.status = Shop.manyChildren(20_000);
        List<RawClient> deaf = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            deaf.add(new RawClient(socket).send("GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n"));
        }

        Awaitility.await()
                .atMost(Duration.ofSeconds(9))
                .until(() -> get("/v1/status"), a -> a.startsWith("HTTP/1.1 200") && a.endsWith("]\n"));

        int whole = 0;
        for (RawClient client : deaf) {
            whole += client.readAll().contains("shop/w-19999") ? 1 : 0;
            client.close();
        }
        assertThat(whole).as("long answers that were kept").isBetween(1, 10);
    }

    @Test
    void twoHundredClientsAtOnceAreAllServed() throws Exception {
        try (ExecutorService clients = Executors.newFixedThreadPool(50)) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                answers.add(clients.submit(() -> get("/v1/supervisor")));
            }
            for (Future<String> answer : answers) {
                assertThat(answer.get()).startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void anIdleServerHasOneThread() throws Exception {
        assertThat(get("/v1/status")).startsWith("HTTP/1.1 200");

        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> Thread.getAllStackTraces()
                        .keySet()
                        .stream()
                        .filter(t -> t.getName().startsWith("control"))
                        .count(), n -> n == 1);
    }
}
