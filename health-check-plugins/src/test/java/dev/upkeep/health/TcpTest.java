package dev.upkeep.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.health.Health;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against real sockets on the loopback. */
@Timeout(30)
final class TcpTest {
    /** What a server does with a connection it accepted. */
    private interface Talk {
        void with(Socket socket) throws IOException;
    }

    /** Held, because a socket that nobody holds is closed by the garbage collector, and then is not silent. */
    private static final Queue<Socket> ACCEPTED = new ConcurrentLinkedQueue<>();

    private static ServerSocket server(Talk talk) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket socket = server.accept();
                    ACCEPTED.add(socket);
                    talk.with(socket);
                }
            } catch (IOException e) {
                // Closed with the test.
                return;
            }
        });
        return server;
    }

    private static Health ask(int port, Duration timeout, String send, String expect) throws Exception {
        return new Tcp(new TcpFactory.Settings("127.0.0.1", port, timeout,
                Optional.of(send).filter(s -> !s.isEmpty()), Optional.of(expect).filter(s -> !s.isEmpty())))
                .probe();
    }

    @Test
    void aPortThatAcceptsIsHealthy() throws Exception {
        try (ServerSocket server = server(socket -> {})) {
            assertThat(ask(server.getLocalPort(), Duration.ofSeconds(5), "", "")).isEqualTo(Health.healthy());
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
    void theExpectedAnswerMayComeInPiecesCutWithinACharacter() throws Exception {
        byte[] answer = "gu\u0308ltig ✓!".getBytes(StandardCharsets.UTF_8);
        try (ServerSocket server = server(socket -> {
            assertThat(socket.getInputStream().readNBytes(4))
                    .isEqualTo("ping".getBytes(StandardCharsets.UTF_8));
            for (byte b : answer) {
                socket.getOutputStream().write(b);
                socket.getOutputStream().flush();
            }
        })) {
            assertThat(ask(server.getLocalPort(), Duration.ofSeconds(5), "ping", "✓"))
                    .isEqualTo(Health.healthy());
        }
    }

    @Test
    void aServerThatAcceptsAndSaysNothingIsUnhealthy() throws Exception {
        try (ServerSocket server = server(socket -> {})) {
            int port = server.getLocalPort();
            assertThat(ask(port, Duration.ofMillis(200), "", "+PONG")).isEqualTo(
                    Health.unhealthy("127.0.0.1:" + port + " accepted and did not answer within 200ms"));
        }
    }

    @Test
    void aServerThatClosesIsUnhealthy() throws Exception {
        try (ServerSocket server = server(Socket::close)) {
            int port = server.getLocalPort();
            assertThat(ask(port, Duration.ofSeconds(5), "", "+PONG")).isEqualTo(
                    Health.unhealthy(
                            "127.0.0.1:" + port + " closed the connection without the expected answer"));
        }
    }

    @Test
    void aServerThatNeverEndsIsReadForSixtyFourKibibytesOnly() throws Exception {
        try (ServerSocket server = server(socket -> socket.getOutputStream().write(new byte[200_000]))) {
            int port = server.getLocalPort();
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
    void anInterruptEndsAProbeThatWaits() throws Exception {
        CountDownLatch accepted = new CountDownLatch(1);
        AtomicReference<Object> outcome = new AtomicReference<>();
        try (ServerSocket server = server(socket -> accepted.countDown())) {
            int port = server.getLocalPort();
            Thread probe = Thread.ofVirtual().start(() -> {
                try {
                    outcome.set(ask(port, Duration.ofSeconds(20), "", "+PONG"));
                } catch (Exception e) {
                    outcome.set(e);
                }
            });
            accepted.await();
            probe.interrupt();
            probe.join();
        }

        assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void settingsThatCannotWorkAreRefused() {
        assertThatThrownBy(() -> TcpFactory.tcp(0)).hasMessage("port must be from 1 to 65535, but is 0");
        assertThatThrownBy(() -> TcpFactory.tcp(" ", 1)).hasMessage("host must not be empty");
    }
}
