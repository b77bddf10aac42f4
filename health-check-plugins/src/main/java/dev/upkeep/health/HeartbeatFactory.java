package dev.upkeep.health;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Range;
import java.time.Duration;

/**
 * {@code type: heartbeat}: the child must give a sign of life now and then.
 *
 * <pre>
 * health:
 *   - type: heartbeat
 *     silence: 10s      # longer than zero; default 10s
 * </pre>
 *
 * <p>A sign of life is {@code context.heartbeat()} of a component, or a line {@code {"type":"heartbeat"}} that a
 * process writes to its stdout. The time of its arrival counts. The first one has the full time from the moment the
 * child is ready, and after a pause of the supervisor itself the time begins anew.
 *
 * <p>UNHEALTHY once the silence has lasted that long: {@code silent for 10s}. It is judged at that moment, not at
 * {@code interval}, and the first such answer counts. Never DEGRADED.
 */
public final class HeartbeatFactory implements HealthCheckFactory<HeartbeatFactory.Settings> {
    static final String TYPE = "heartbeat";

    /**
     * The settings.
     *
     * @param silence how long the child may be silent, longer than zero
     */
    public record Settings(
            @Doc("how long the child may be silent") @Default("10s") @Range(min = 0, exclusiveMin = true) Duration silence) {
        public Settings {
            Positive.require("silence", silence);
        }
    }

    /** Returns the check for an embedding program: {@code heartbeat(ofSeconds(10))}. */
    public static Choice heartbeat(Duration silence) {
        return Choice.of(TYPE, new Settings(silence));
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
        return new Heartbeat(settings.silence(), context);
    }
}
