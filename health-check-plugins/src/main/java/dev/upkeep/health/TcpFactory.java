package dev.upkeep.health;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Range;
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
 *     expect: "+PONG"       # optional: must come in the first 64 KiB that are read
 * </pre>
 *
 * <p>HEALTHY when the connection stands and, with {@code expect}, the text has been read. UNHEALTHY when the host is
 * unknown, the connection is refused or not made within {@code connectTimeout}, or, with {@code expect}, when nothing
 * more comes for as long, the other end closes, or 64 KiB are read without it. Never DEGRADED. The whole
 * run is bounded by the {@code timeout} that every check has.
 */
public final class TcpFactory implements HealthCheckFactory<TcpFactory.Settings> {
    static final String TYPE = "tcp";

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
