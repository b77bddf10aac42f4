package dev.upkeep.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.health.Health;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a real server with a certificate of its own making. */
@Timeout(60)
final class HttpsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();
    @TempDir
    private static Path directory;
    private static SSLContext forThisHost;
    private static SSLContext forAnother;

    @BeforeAll
    static void makeCertificates() throws Exception {
        forThisHost = context("this", "ip:127.0.0.1");
        forAnother = context("another", "dns:shop.example");
    }

    /** A context that has a certificate for that name, and trusts it. */
    private static SSLContext context(String alias, String name) throws Exception {
        Path file = directory.resolve(alias + ".p12");
        Process keytool = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", alias, "-keyalg", "EC", "-dname", "CN=upkeep", "-ext", "san=" + name,
                "-storetype", "PKCS12", "-keystore", file.toString(), "-storepass", new String(PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        // A certificate is trusted only in an entry of its own, not beside its key.
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(alias, keys.getCertificate(alias));
        KeyManagerFactory keyManagers = KeyManagerFactory
                .getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(keys, PASSWORD);
        TrustManagerFactory trust = TrustManagerFactory
                .getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static Loopback server(SSLContext context, String answer) throws Exception {
        ServerSocket socket = context.getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        return Loopback.that(socket, connection -> {
            Loopback.request(connection);
            Loopback.write(connection, answer);
            Loopback.untilClosed(connection);
        });
    }

    private static HttpFactory.Settings settings(Loopback server) {
        return new HttpFactory.Settings(URI.create("HTTPS://127.0.0.1:" + server.port() + "/"), "200",
                Optional.empty(), Map.of());
    }

    private static Health ask(Loopback server, SSLContext trust) throws Exception {
        return Run.of(new Http(settings(server), trust::getSocketFactory)).health();
    }

    private static void assertReason(Health found, String part) {
        assertThat(found).isInstanceOfSatisfying(Health.Unhealthy.class,
                unhealthy -> assertThat(unhealthy.reason()).contains(part));
    }

    @Test
    void aServerWithATrustedCertificateForItsHostIsHealthy() throws Exception {
        try (Loopback server = server(forThisHost, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) {
            assertThat(ask(server, forThisHost)).isEqualTo(Health.healthy());
            Await.that("the connection is closed", () -> server.ended.get() == 1);
        }
    }

    @Test
    void aCertificateThatTheJvmDoesNotTrustIsUnhealthy() throws Exception {
        try (Loopback server = server(forThisHost, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) {
            assertReason(Run.of(new Http(settings(server))).health(), "valid certification path");
        }
    }

    @Test
    void aTrustedCertificateForAnotherHostIsUnhealthy() throws Exception {
        try (Loopback server = server(forAnother, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) {
            assertReason(ask(server, forAnother), "127.0.0.1");
        }
    }

    @Test
    void oneThatSpeaksPlainHttpIsUnhealthyAsIsTheOtherWayRound() throws Exception {
        try (Loopback server = Loopback.that(socket -> {
            Loopback.write(socket, "HTTP/1.1 400 Bad Request\r\n\r\n");
            socket.close();
        })) {
            assertThat(ask(server, forThisHost)).isInstanceOf(Health.Unhealthy.class);
        }
        try (Loopback server = server(forThisHost, "")) {
            Http plain = new Http(
                    new HttpFactory.Settings(URI.create("http://127.0.0.1:" + server.port() + "/"),
                            "200", Optional.empty(), Map.of()));
            assertThat(Run.of(plain).health()).isInstanceOf(Health.Unhealthy.class);
        }
    }

    @Test
    void anEndlessBodyIsCutAndTheConnectionIsClosed() throws Exception {
        ServerSocket socket = forThisHost.getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        try (Loopback server = Loopback.that(socket, connection -> {
            Loopback.request(connection);
            Loopback.write(connection, "HTTP/1.1 200 OK\r\n\r\n");
            while (true) {
                Loopback.write(connection, "x".repeat(8192));
            }
        })) {
            assertThat(ask(server, forThisHost)).isEqualTo(Health.healthy());
            Await.that("the connection is closed", () -> server.ended.get() == 1);
        }
    }

    @Test
    void h1AnInterruptEndsARunThatWaitsForTheHandshake() throws Exception {
        try (Loopback server = Loopback.silent()) {
            Run run = Run.of(new Http(settings(server), forThisHost::getSocketFactory));
            assertThat(server.accepted.await(10, TimeUnit.SECONDS)).isTrue();

            run.interrupt();

            assertThat(run.thrown()).isInstanceOf(InterruptedException.class);
            Await.that("the connection is closed", () -> server.ended.get() == 1);
        }
    }

    @Test
    void h1AnInterruptEndsARunThatWaitsForTheAnswer() throws Exception {
        try (Loopback server = server(forThisHost, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")) {
            Run run = Run.of(new Http(settings(server), forThisHost::getSocketFactory));
            Await.that("it reads the body", () -> run.isWithin(HttpAnswer.class.getName()));

            run.interrupt();

            assertThat(run.thrown()).isInstanceOf(InterruptedException.class);
            Await.that("the connection is closed", () -> server.ended.get() == 1);
        }
    }
}
