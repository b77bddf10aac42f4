package dev.upkeep.process;

import dev.upkeep.api.ProcessSpec;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the program of a command, and says what was wrong with it after an exec failed: posix_spawn names only an errno,
 * the same for a missing program, interpreter and working directory. Behind an exec chain it says so before.
 */
final class Program {
    /** Whether the child's user may execute a file, or enter a directory. */
    interface Permission {
        boolean mayExecute(Path file);

        /** Returns by whom, to be appended to a sentence; empty for the supervisor's own user. */
        default String who() {
            return "";
        }
    }

    private final ProcessSpec spec;
    private final String path;
    private final Permission permission;

    /** @param path the child's own {@code PATH}: posix_spawnp and ProcessBuilder would search the supervisor's */
    Program(ProcessSpec spec, String path) {
        this(spec, path, Files::isExecutable);
    }

    Program(ProcessSpec spec, String path, Permission permission) {
        this.spec = spec;
        this.path = path;
        this.permission = permission;
    }

    /** Returns why the command cannot be handed to any kernel, if so. */
    Optional<StartRefusal> unusable() {
        for (int i = 0; i < spec.command().size(); i++) {
            if (spec.command().get(i).indexOf('\0') >= 0) {
                return refusal("execve", Errno.EINVAL,
                        "argument " + i + " of the command contains a NUL character");
            }
        }
        for (var variable : spec.environment().entrySet()) {
            String name = variable.getKey();
            if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
                return refusal("execve", Errno.EINVAL, "'" + name + "' cannot be the name of a variable");
            }
            if (variable.getValue().indexOf('\0') >= 0) {
                // The value may be a secret.
                return refusal("execve", Errno.EINVAL, "the variable " + name + " contains a NUL character");
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the file that execvp would run, or nothing; relative to the child's working directory if it is relative.
     */
    @Nullable
    String find() {
        String name = spec.command().get(0);
        if (name.indexOf('/') >= 0) {
            return name;
        }
        for (String directory : path.split(":", -1)) {
            String candidate = directory.isEmpty() ? "./" + name : directory + "/" + name;
            Path file = file(candidate);
            if (file != null && Files.isRegularFile(file) && permission.mayExecute(file)) {
                return candidate;
            }
        }
        return null;
    }

    /** Says why there is no program to run; call after {@link #find} returned nothing. */
    StartRefusal notFound() {
        Optional<StartRefusal> directory = workingDirectoryProblem();
        if (directory.isPresent()) {
            return directory.get();
        }
        String name = spec.command().get(0);
        for (String entry : path.split(":", -1)) {
            Path file = file(entry.isEmpty() ? "./" + name : entry + "/" + name);
            if (file != null && Files.isRegularFile(file)) {
                return refused("execve", Errno.EACCES, "'" + file + "' is not executable" + permission.who());
            }
        }
        return refused("execve", Errno.ENOENT,
                "there is no program '" + name + "'"
                        + (path.isEmpty() ? ", its PATH is empty" : " in its PATH"));
    }

    /** Returns what exec would say to the child's user: behind a chain nobody hears it in time. */
    Optional<StartRefusal> foreseen(String program) {
        Optional<StartRefusal> directory = workingDirectoryProblem();
        if (directory.isPresent()) {
            return directory;
        }
        int errno = new ExecCheck(permission, this::file).errno(program);
        return errno == 0 ? Optional.empty() : Optional.of(explain("execve", errno, program));
    }

    /** Explains the error of a start's call; {@code posix_spawn} stands for the fork and for the exec. */
    StartRefusal explain(String call, int errno, String program) {
        if (Errno.isShortage(call, errno)) {
            return refused(call, errno, "the host cannot start '" + program + "' now");
        }
        if (!call.equals("posix_spawn") && !call.equals("execve")) {
            return refused(call, errno, "'" + program + "' could not be started");
        }
        if (errno == Errno.ENOENT || errno == Errno.EACCES || errno == Errno.ENOTDIR) {
            Optional<StartRefusal> directory = workingDirectoryProblem();
            if (directory.isPresent()) {
                return directory.get();
            }
        }
        String reason = switch (errno) {
            case Errno.ENOENT, Errno.EACCES, Errno.ENOTDIR -> fileProblem(program, errno);
            case Errno.ENOEXEC ->
                "'" + program + "' is neither a program for this machine nor a script that begins with #!";
            case Errno.ELOOP -> "'" + program + "' is a script whose interpreters are scripts without end";
            case Errno.E2BIG -> "the arguments and variables of '" + program + "' are too long";
            case Errno.ETXTBSY -> "'" + program + "' is being written to";
            default -> "'" + program + "' could not be started";
        };
        return refused("execve", errno, reason);
    }

    private String fileProblem(String program, int errno) {
        Path file = file(program);
        if (file == null || !Files.exists(file)) {
            return "there is no program '" + program + "'";
        }
        if (Files.isDirectory(file)) {
            return "'" + program + "' is a directory";
        }
        if (!permission.mayExecute(file)) {
            return "'" + program + "' is not executable" + permission.who();
        }
        String interpreter = ExecCheck.interpreterOf(file);
        if (interpreter != null) {
            return "the interpreter '" + interpreter + "' of the script '" + program + "' "
                    + (errno == Errno.ENOENT ? "does not exist" : "cannot be executed");
        }
        return errno == Errno.ENOENT
                ? "the loader (ld.so) that '" + program + "' asks for does not exist"
                : "'" + program + "' may not be executed (is its file system mounted noexec?)";
    }

    private Optional<StartRefusal> workingDirectoryProblem() {
        if (spec.workingDirectory().isEmpty()) {
            return Optional.empty();
        }
        Path directory = spec.workingDirectory().get();
        if (!Files.exists(directory)) {
            return refusal("chdir", Errno.ENOENT, "the working directory '" + directory + "' does not exist");
        }
        if (!Files.isDirectory(directory)) {
            return refusal("chdir", Errno.ENOTDIR,
                    "the working directory '" + directory + "' is not a directory");
        }
        if (!permission.mayExecute(directory)) {
            return refusal("chdir", Errno.EACCES,
                    "the working directory '" + directory + "' may not be entered" + permission.who());
        }
        return Optional.empty();
    }

    /** Returns the file as this process sees it; null for what cannot be a path. */
    private @Nullable Path file(String name) {
        try {
            Path relative = Path.of(name);
            return spec.workingDirectory().map(directory -> directory.resolve(relative)).orElse(relative);
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private static Optional<StartRefusal> refusal(String call, int errno, String reason) {
        return Optional.of(refused(call, errno, reason));
    }

    private static StartRefusal refused(String call, int errno, String reason) {
        return StartRefusal.of(call, errno, reason);
    }
}
