package dev.upkeep.health;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Range;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * {@code type: tcp}: the child must accept connections, and answer if so wanted.
 *
 * <pre>
 * health:
 *   - type: tcp
 *     host: 127.0.0.1       # default 127.0.0.1
 *     port: 6379            # required, 1 to 65535
 *     connectTimeout: 2s    # longer than zero; default 2s
 *     send: "PING\r\n"      # optional: written once connected, as UTF-8
 *     expect: "+PONG"       # optional: must come in the first 64 KiB that are read; at most 64 KiB itself
 * </pre>
 *
 * <p>HEALTHY when the connection stands and, with {@code expect}, the text has been read. UNHEALTHY when the host is
 * unknown, the connection is refused or not made within {@code connectTimeout}, or, with {@code expect}, when nothing
 * more comes for as long, the other end closes or resets, or 64 KiB are read without it. Never DEGRADED. The whole
 * run is bounded by the {@code timeout} that every check has.
 *
 * <p>A connection alone proves little: the kernel makes it for a process that listens and hangs, or is stopped. Where the
 * protocol lets the child say something, use {@code expect}. Of a host with several addresses up to four are tried, all but
 * the last for at most one second each. No proxy is used. The connection is closed after each run.
 */
public final class TcpFactory implements HealthCheckFactory<TcpFactory.Settings> {
    static final String TYPE = "tcp";
    /** What is read of an answer at most. */
    static final int MOST_BYTES = 64 * 1024;

    /**
     * The settings.
     *
     * @param host name or address
     * @param port from 1 to 65535
     * @param connectTimeout for the connection, and for each wait for bytes; longer than zero
     * @param send what is written once connected
     * @param expect what must be read
     */
    public record Settings(
            @Doc("host name or address") @Default("127.0.0.1") String host,
            @Doc("port to connect to") @Range(min = 1, max = 65535) int port,
            @Doc("for the connection, and for each wait for an answer") @Default("2s") @Range(min = 0, exclusiveMin = true) Duration connectTimeout,
            @Doc("text that is written once connected") Optional<String> send,
            @Doc("text that must be in the answer") Optional<String> expect) {
        public Settings {
            if (host.isBlank()) {
                throw new IllegalArgumentException("host must not be empty");
            }
            if (port < 1 || port > 65535) {
                throw new IllegalArgumentException("port must be from 1 to 65535, but is " + port);
            }
            Positive.require("connectTimeout", connectTimeout);
            if (expect.isPresent() && expect.get().isEmpty()) {
                throw new IllegalArgumentException("expect must not be empty");
            }
            int expected = expect.map(text -> text.getBytes(StandardCharsets.UTF_8).length).orElse(0);
            if (expected > MOST_BYTES) {
                throw new IllegalArgumentException(
                        "expect must be at most 64 KiB, as no more is read, but is "
                                + expected + " bytes");
            }
        }
    }

    /** Returns the check of a port of this host for an embedding program: {@code tcp(5432)}. */
    public static Choice tcp(int port) {
        return tcp("127.0.0.1", port);
    }

    /** Returns the check of a port for an embedding program. */
    public static Choice tcp(String host, int port) {
        return Choice.of(TYPE,
                new Settings(host, port, Duration.ofSeconds(2), Optional.empty(), Optional.empty()));
    }

    /** Returns the check of a port that must answer: {@code tcp("127.0.0.1", 6379, "PING\r\n", "+PONG")}. */
    public static Choice tcp(String host, int port, String send, String expect) {
        return Choice.of(TYPE,
                new Settings(host, port, Duration.ofSeconds(2), Optional.of(send), Optional.of(expect)));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public HealthCheck create(Settings settings, CheckContext context) {
        return new Tcp(settings);
    }
}
