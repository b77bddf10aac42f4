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
 * {@code type: file}: a file must be there, or must not, or must have been modified lately.
 *
 * <pre>
 * health:
 *   - type: file
 *     path: /var/lib/api/synced    # required; a relative one begins at the supervisor's directory
 *     exists: true                 # false: it must not be there; default true
 *     fresherThan: 10m             # optional, longer than zero; only with exists: true
 * </pre>
 *
 * <p>The path may name anything: a file, a directory, a socket; a symbolic link is followed, and one that leads nowhere
 * counts as not there. Its age is the difference between the wall clock and its time of modification, so that it is
 * also known right after a start. Note that a directory is modified when entries come and go, not when its files are written.
 *
 * <p>UNHEALTHY when it is not there, or is there under {@code exists: false}, or was modified {@code fresherThan} ago or
 * longer: {@code /var/lib/api/synced was modified 12m ago}. A time of modification in the future is fresh; one that is more
 * than {@code fresherThan} ahead is DEGRADED, as the clocks differ and nobody would see the file go stale for long. A path
 * that cannot be looked at (no permission, an I/O error) is a fault of the check and never held against the child.
 */
public final class FileCheckFactory implements HealthCheckFactory<FileCheckFactory.Settings> {
    static final String TYPE = "file";

    /**
     * The settings.
     *
     * @param path what is looked at
     * @param exists whether it must be there
     * @param fresherThan age at which it is stale, longer than zero
     */
    public record Settings(
            @Doc("what is looked at; a relative path begins at the supervisor's directory") Path path,
            @Doc("whether it must be there; if false it must not") @Default("true") boolean exists,
            @Doc("age of its last modification at which it is stale; off unless given") @Range(min = 0, exclusiveMin = true) Optional<Duration> fresherThan) {
        public Settings {
            if (path.toString().isEmpty()) {
                throw new IllegalArgumentException("path must not be empty");
            }
            fresherThan.ifPresent(age -> Positive.require("fresherThan", age));
            if (!exists && fresherThan.isPresent()) {
                throw new IllegalArgumentException(
                        "fresherThan is for a file that must be there, but exists is false");
            }
        }
    }

    /** Returns the check that something is there for an embedding program. */
    public static Choice fileExists(Path path) {
        return Choice.of(TYPE, new Settings(path, true, Optional.empty()));
    }

    /** Returns the check that something is there and was modified lately for an embedding program. */
    public static Choice fileFresherThan(Path path, Duration age) {
        return Choice.of(TYPE, new Settings(path, true, Optional.of(age)));
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
        return new FileCheck(settings, context.clock());
    }
}
