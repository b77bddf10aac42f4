package dev.upkeep.health;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Range;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * {@code type: heartbeat}: the child must give a sign of life now and then.
 *
 * <pre>
 * health:
 *   - type: heartbeat
 *     silence: 10s             # longer than zero; default 10s
 *     file: /run/api.beat      # optional: a file that the child touches
 * </pre>
 *
 * <p>A sign of life is {@code context.heartbeat()} of a component, or a line {@code {"type":"heartbeat"}} that a
 * process writes to its stdout, or {@code WATCHDOG=1} by sd_notify, or, with {@code file}, that the file's time of
 * modification changes or the file comes into being; any of them will do. The time of its arrival counts, never one that the
 * line or the file tells: a clock that is an hour off does not matter. The first one has the full time from the moment the child is ready, and after a pause of the
 * supervisor itself the time begins anew.
 *
 * <p>For sd_notify a process that has checks is given a {@code NOTIFY_SOCKET}, on Linux; itself and whoever is in its session are
 * heard there. It is told {@code silence} as {@code WATCHDOG_USEC}, unless its {@code environment:} says another, and is to speak
 * at half of that; {@code WATCHDOG_PID} is not set. {@code WATCHDOG=trigger} is taken for a silence that is over.
 *
 * <p>The file is looked at when the check begins, four times per {@code silence} (at most every 100 ms) and at the end of
 * it; a touch counts from the moment it is seen. How the file stands at the first look is no beat, and a file that is not
 * there is none either. If it cannot be looked at (no permission) when the time is up, that is a fault of the check and
 * not held against the child.
 *
 * <p>UNHEALTHY once the silence has lasted that long: {@code silent for 10s}. It is judged at that moment, not at
 * {@code interval}, and the first such answer counts. Never DEGRADED.
 * As a readiness or startup check it is HEALTHY within a second of the first sign of life.
 */
public final class HeartbeatFactory implements HealthCheckFactory<HeartbeatFactory.Settings> {
    static final String TYPE = "heartbeat";

    /**
     * The settings.
     *
     * @param silence how long the child may be silent, longer than zero
     * @param file what the child touches as a sign of life
     */
    public record Settings(
            @Doc("how long the child may be silent") @Default("10s") @Range(min = 0, exclusiveMin = true) Duration silence,
            @Doc("file that the child touches as a sign of life; a relative path begins at the supervisor's directory") Optional<Path> file) {
        public Settings {
            Positive.require("silence", silence);
            if (file.isPresent() && file.get().toString().isEmpty()) {
                throw new IllegalArgumentException("file must not be empty");
            }
        }
    }

    /** Returns the check for an embedding program: {@code heartbeat(ofSeconds(10))}. */
    public static Choice heartbeat(Duration silence) {
        return Choice.of(TYPE, new Settings(silence, Optional.empty()));
    }

    /** Returns the check of a file that the child touches for an embedding program. */
    public static Choice heartbeat(Duration silence, Path file) {
        return Choice.of(TYPE, new Settings(silence, Optional.of(file)));
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
    public boolean judgedByDeadline() {
        return true;
    }

    @Override
    public Optional<Duration> longestSilence(Settings settings) {
        return Optional.of(settings.silence());
    }

    @Override
    public HealthCheck create(Settings settings, CheckContext context) {
        return new Heartbeat(settings, context);
    }
}
