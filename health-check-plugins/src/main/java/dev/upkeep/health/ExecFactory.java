package dev.upkeep.health;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Doc;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * {@code type: exec}: a command says how the child is.
 *
 * <pre>
 * health:
 *   - type: exec
 *     command: [pg_isready, -q, -p, "5432"]   # required: the program and its arguments; no shell reads them
 *     workingDirectory: /var/lib/postgres     # optional; default that of the supervisor
 * </pre>
 *
 * <p>HEALTHY when the command exits with 0, DEGRADED with 1, UNHEALTHY with anything else (a death by a signal is 128 and
 * its number). The reason is the exit code and the first line of what it writes, to stdout or stderr, up to 120
 * characters; everything else that it writes is read and dropped. A command that cannot be started (no such program, not
 * executable, no such directory, no more processes) says nothing of the child: it is a fault of the check. Where a shell is wanted,
 * name it: {@code [sh, -c, "…"]}; a program that the shell does not find is its exit code 127, and so UNHEALTHY.
 *
 * <p>The command runs as the supervisor's user, with its environment and an empty stdin, and is told of the instance:
 * {@code UPKEEP_CHILD} (its path), {@code UPKEEP_GENERATION}, and {@code UPKEEP_PID} if it is a process. {@code UPKEEP_CHECK_RUN}
 * marks the processes of one run.
 *
 * <p>At {@code timeout} the whole tree of processes is killed, with SIGKILL and so without regard to what it ignores: the command, its
 * descendants, and, on Linux, every process that has the mark of the run in its environment, wherever it has been moved: into another
 * session, or to another parent. What cannot be followed: a process that has both left the tree, by the
 * death of its parent, and lost the mark, by a cleared environment; one that another user owns, as after sudo; and what a service
 * was asked to start elsewhere (a container, a unit). Without {@code /proc} only the tree is followed.
 *
 * <p>When the command has ended, its exit code counts at once. What it leaves behind is let be, unless it is still seen to hold
 * the command's output a tenth of a second later: then it is killed like a tree at its timeout. A daemon started by a check
 * must close stdout and stderr; while what four runs left behind holds their output and cannot be found, no further one is made, and
 * that is a fault of the check. While a command runs it costs two platform threads, one of which waits for its end and one reads.
 */
public final class ExecFactory implements HealthCheckFactory<ExecFactory.Settings> {
    static final String TYPE = "exec";

    /**
     * The settings.
     *
     * @param command the program and its arguments
     * @param workingDirectory where it runs
     */
    public record Settings(
            @Doc("the program and its arguments; no shell reads them") List<String> command,
            @Doc("where it runs; the supervisor's own directory unless given") Optional<Path> workingDirectory) {
        public Settings {
            command = List.copyOf(command);
            if (command.isEmpty() || command.get(0).isBlank()) {
                throw new IllegalArgumentException("command must name a program, but is " + command);
            }
            if (command.stream().anyMatch(argument -> argument.indexOf('\0') >= 0)) {
                throw new IllegalArgumentException("command must not hold a NUL character");
            }
        }
    }

    /** Returns the check by a command for an embedding program: {@code exec("pg_isready", "-q")}. */
    public static Choice exec(String... command) {
        return Choice.of(TYPE, new Settings(List.of(command), Optional.empty()));
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
        return new Exec(settings, context);
    }
}
