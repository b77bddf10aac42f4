package dev.upkeep.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.health.Health;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against real sockets on the loopback. */
@Timeout(30)
final class TcpTest {
    private static Tcp check(int port, Duration timeout, String send, String expect) {
        return new Tcp(new TcpFactory.Settings("127.0.0.1", port, timeout,
                Optional.of(send).filter(s -> !s.isEmpty()), Optional.of(expect).filter(s -> !s.isEmpty())));
    }

    private static Health ask(int port, Duration timeout, String send, String expect) throws Exception {
        return Run.of(check(port, timeout, send, expect)).health();
    }

    @Test
    void aPortThatAcceptsIsHealthy() throws Exception {
        try (Loopback server = Loopback.silent()) {
            assertThat(ask(server.port(), Duration.ofSeconds(5), "", "")).isEqualTo(Health.healthy());
        }
    }

    @Test
    void aPortThatNobodyListensOnIsUnhealthy() throws Exception {
        // Bound and not listening: nobody else can have the port meanwhile.
        try (Socket bound = new Socket()) {
            bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = bound.getLocalPort();

            assertThat(ask(port, Duration.ofSeconds(5), "", ""))
                    .isInstanceOfSatisfying(Health.Unhealthy.class,
                            found -> assertThat(found.reason()).startsWith("127.0.0.1:" + port + ": "));
        }
    }

    @Test
    void h1AHostThatHasNoDescriptorLeftIsAFaultOfTheCheck() throws Exception {
        try (Loopback server = Loopback.answering("HTTP/1.1 204 Well\r\n\r\n")) {
            Process jvm = new ProcessBuilder("sh", "-c", "ulimit -n 128; exec \"$@\"", "sh",
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    NoDescriptors.class.getName(),
                    Integer.toString(server.port())).redirectError(ProcessBuilder.Redirect.INHERIT).start();

            String fault = ": this host has no socket to ask with: Too many open files";
            assertThat(jvm.inputReader(StandardCharsets.US_ASCII).lines()).containsExactly("tcp: Healthy",
                    "http: Healthy", "none left", "tcp" + fault, "http" + fault, "tcp: Healthy");
        }
    }

    @Test
    void theExpectedAnswerMayComeInPiecesCutWithinACharacter() throws Exception {
        byte[] answer = "gu\u0308ltig ✓!".getBytes(StandardCharsets.UTF_8);
        try (Loopback server = Loopback.that(socket -> {
            assertThat(socket.getInputStream().readNBytes(4))
                    .isEqualTo("ping".getBytes(StandardCharsets.UTF_8));
            for (byte b : answer) {
                socket.getOutputStream().write(b);
                socket.getOutputStream().flush();
            }
        })) {
            assertThat(ask(server.port(), Duration.ofSeconds(5), "ping", "✓"))
                    .isEqualTo(Health.healthy());
        }
    }

    @Test
    void aServerThatAcceptsAndSaysNothingIsUnhealthy() throws Exception {
        try (Loopback server = Loopback.silent()) {
            int port = server.port();
            assertThat(ask(port, Duration.ofMillis(200), "", "+PONG")).isEqualTo(
                    Health.unhealthy("127.0.0.1:" + port + " accepted and did not answer within 200ms"));
        }
    }

    @Test
    void aServerThatClosesIsUnhealthy() throws Exception {
        try (Loopback server = Loopback.that(Socket::close)) {
            int port = server.port();
            assertThat(ask(port, Duration.ofSeconds(5), "", "+PONG")).isEqualTo(
                    Health.unhealthy(
                            "127.0.0.1:" + port + " closed the connection without the expected answer"));
        }
    }

    @Test
    void aServerThatNeverEndsIsReadForSixtyFourKibibytesOnly() throws Exception {
        try (Loopback server = Loopback.that(socket -> socket.getOutputStream().write(new byte[200_000]))) {
            int port = server.port();
            assertThat(ask(port, Duration.ofSeconds(5), "", "+PONG")).isEqualTo(
                    Health.unhealthy("127.0.0.1:" + port + " sent 64KiB without the expected answer"));
        }
    }

    @Test
    void anUnknownHostIsUnhealthyAndNotAnError() throws Exception {
        assertThat(new Tcp(new TcpFactory.Settings("no-such-host.invalid", 1, Duration.ofSeconds(1),
                Optional.empty(), Optional.empty())).probe())
                .isEqualTo(Health.unhealthy("host 'no-such-host.invalid' is unknown"));
    }

    @Test
    void h1AnInterruptAtTheTimeoutEndsARunThatWaitsAtOnceAndClosesTheConnection() throws Exception {
        try (Loopback server = Loopback.silent()) {
            Run run = Run.of(check(server.port(), Duration.ofSeconds(20), "", "+PONG"));
            assertThat(server.accepted.await(10, TimeUnit.SECONDS)).isTrue();

            run.interrupt();

            assertThat(run.thrown()).isInstanceOf(InterruptedException.class)
                    .hasMessage("interrupted while it talked to 127.0.0.1:" + server.port());
            Await.that("the connection is closed", () -> server.ended.get() == 1);
        }
    }

    @Test
    void h1AnInterruptEndsARunWhoseWordsNobodyReads() throws Exception {
        try (Loopback server = Loopback.that(socket -> new CountDownLatch(1).await())) {
            Run run = Run.of(check(server.port(), Duration.ofSeconds(20), "x".repeat(50_000_000), "+PONG"));
            assertThat(server.accepted.await(10, TimeUnit.SECONDS)).isTrue();

            run.interrupt();

            assertThat(run.thrown()).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void aConnectionThatIsClosedAfterEachRunLeavesNoneBehind() throws Exception {
        try (Loopback server = Loopback.silent()) {
            for (int i = 0; i < 10; i++) {
                assertThat(ask(server.port(), Duration.ofSeconds(5), "", "")).isEqualTo(Health.healthy());
            }
            Await.that("all are closed", () -> server.ended.get() == 10);
        }
    }

    @Test
    void aServerThatResetsIsUnhealthyWhereAnAnswerIsWanted() throws Exception {
        try (Loopback server = Loopback.that(socket -> {
            Loopback.write(socket, "+PO");
            Loopback.reset(socket);
        })) {
            assertThat(ask(server.port(), Duration.ofSeconds(5), "", "+PONG"))
                    .isInstanceOf(Health.Unhealthy.class);
        }
    }

    @Test
    void aServerThatLiesIsUnhealthy() throws Exception {
        try (Loopback server = Loopback.that(socket -> {
            Loopback.write(socket, "-ERR +PON +pong +PO");
            Loopback.write(socket, "N");
            socket.close();
        })) {
            assertThat(ask(server.port(), Duration.ofSeconds(5), "PING\r\n", "+PONG"))
                    .isEqualTo(Health.unhealthy(
                            "127.0.0.1:" + server.port()
                                    + " closed the connection without the expected answer"));
        }
    }

    @Test
    void aServerThatAnswersSlowlyIsHealthyIfEachPartComesInTime() throws Exception {
        try (Loopback server = Loopback.that(socket -> {
            for (char c : "x".repeat(50).concat("+PONG").toCharArray()) {
                Loopback.write(socket, String.valueOf(c));
                Thread.sleep(5);
            }
        })) {
            assertThat(ask(server.port(), Duration.ofSeconds(5), "", "+PONG")).isEqualTo(Health.healthy());
        }
    }

    @Test
    void theExpectedAnswerMayLieAcrossReadsUpToTheLastByteThatIsRead() throws Exception {
        for (int before : new int[]{4094, 8190, 64 * 1024 - 5}) {
            try (Loopback server = Loopback
                    .that(socket -> Loopback.write(socket, "+".repeat(before) + "+PONG"))) {
                assertThat(ask(server.port(), Duration.ofSeconds(5), "", "+PONG"))
                        .isEqualTo(Health.healthy());
            }
        }
        try (Loopback server = Loopback.that(
                socket -> Loopback.write(socket, "+".repeat(64 * 1024 - 4) + "+PONG"))) {
            assertThat(ask(server.port(), Duration.ofSeconds(5), "", "+PONG"))
                    .isInstanceOf(Health.Unhealthy.class);
        }
    }

    @Test
    void settingsThatCannotWorkAreRefused() {
        assertThatThrownBy(() -> TcpFactory.tcp(0)).hasMessage("port must be from 1 to 65535, but is 0");
        assertThatThrownBy(() -> TcpFactory.tcp(70_000))
                .hasMessage("port must be from 1 to 65535, but is 70000");
        assertThatThrownBy(() -> TcpFactory.tcp(" ", 1)).hasMessage("host must not be empty");
        assertThatThrownBy(() -> TcpFactory.tcp("h", 1, "", "")).hasMessage("expect must not be empty");
        assertThatThrownBy(() -> TcpFactory.tcp("h", 1, "", "x".repeat(65_537)))
                .hasMessage("expect must be at most 64 KiB, as no more is read, but is 65537 bytes");
        assertThatThrownBy(() -> check(1, Duration.ZERO, "", ""))
                .hasMessageStartingWith("connectTimeout must be longer than zero, but is ");
    }
}
