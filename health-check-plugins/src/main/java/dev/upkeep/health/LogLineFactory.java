package dev.upkeep.health;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Doc;
import java.util.regex.Pattern;

/**
 * {@code type: log-line}: a process must have written a certain line. For programs that say when they are ready.
 *
 * <pre>
 * health:
 *   - type: log-line           # role: readiness unless another is given
 *     pattern: "listening on port \\d+"   # required: a regular expression of Java
 * </pre>
 *
 * <p>Looked for is a line of the instance's stdout or stderr in which the pattern is found anywhere ({@code ^} and
 * {@code $} are the ends of the line), from the start of the instance on: of what it writes before the check is made, the
 * first 256 KiB. A line counts once its newline was written or the stream has ended, and of a longer one its first 64
 * KiB. It does not matter where the output goes. Lines are looked at on a thread of the check's own: one that takes a
 * pattern more than ten million steps counts as not found, with a warning, and if lines come faster than they are
 * looked at, those beyond 256 KiB are passed over, with a warning that counts them. So a pattern that backtracks without
 * end holds up neither the output nor another check.
 *
 * <p>HEALTHY once such a line was seen, and from then on for the life of the instance. UNHEALTHY before:
 * {@code no line with 'listening on port \d+' yet}. Never DEGRADED. As a readiness check it thereby makes the child
 * ready, at most a second after the line; {@code startTimeout} bounds the wait. Only for processes: for a
 * component the check cannot be made, and it goes on without.
 */
public final class LogLineFactory implements HealthCheckFactory<LogLineFactory.Settings> {
    static final String TYPE = "log-line";

    /**
     * The settings. Two are equal if their patterns are written alike.
     *
     * @param pattern what must be found in a line
     */
    public record Settings(@Doc("regular expression that must be found in a line") Pattern pattern) {
        public Settings {
            if (pattern.pattern().isEmpty()) {
                throw new IllegalArgumentException("pattern must not be empty");
            }
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Settings settings && pattern.flags() == settings.pattern.flags()
                    && pattern.pattern().equals(settings.pattern.pattern());
        }

        @Override
        public int hashCode() {
            return pattern.pattern().hashCode();
        }
    }

    /** Returns the check for an embedding program: {@code readyWhen(logLine("listening on"))}. */
    public static Choice logLine(String regex) {
        return Choice.of(TYPE, new Settings(Pattern.compile(regex)));
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
    public Role defaultRole() {
        return Role.READINESS;
    }

    @Override
    public HealthCheck create(Settings settings, CheckContext context) {
        if (context.pid().isEmpty()) {
            throw new IllegalArgumentException(
                    "'" + TYPE + "' is for processes, but " + context.path() + " is none");
        }
        LogLine check = new LogLine(settings.pattern());
        context.onLine(settings.pattern(), check::seen);
        return check;
    }
}
