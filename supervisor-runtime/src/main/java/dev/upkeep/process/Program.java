package dev.upkeep.process;

import dev.upkeep.api.ProcessSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the program of a command, and says what was wrong with it after an exec failed: posix_spawn names only an errno,
 * the same for a missing program, interpreter and working directory.
 */
final class Program {
    private static final int LONGEST_HEAD = 256;

    private final ProcessSpec spec;
    private final String path;

    /** @param path the child's own {@code PATH}: posix_spawnp and ProcessBuilder would search the supervisor's */
    Program(ProcessSpec spec, String path) {
        this.spec = spec;
        this.path = path;
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
            if (file != null && Files.isRegularFile(file) && Files.isExecutable(file)) {
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
                return refused("execve", Errno.EACCES, "'" + file + "' is not executable");
            }
        }
        return refused("execve", Errno.ENOENT,
                "there is no program '" + name + "'"
                        + (path.isEmpty() ? ", its PATH is empty" : " in its PATH"));
    }

    /** Explains the error of a spawn. */
    StartRefusal explain(String call, int errno, String program) {
        if (Errno.isShortage(errno)) {
            return refused(call, errno, "the host cannot start '" + program + "' now");
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
        if (!Files.isExecutable(file)) {
            return "'" + program + "' is not executable";
        }
        String interpreter = interpreter(file);
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
        if (!Files.isExecutable(directory)) {
            return refusal("chdir", Errno.EACCES,
                    "the working directory '" + directory + "' may not be entered");
        }
        return Optional.empty();
    }

    /** Returns the interpreter that the first line of a script names. */
    private static @Nullable String interpreter(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            String head = new String(in.readNBytes(LONGEST_HEAD), StandardCharsets.UTF_8);
            if (!head.startsWith("#!")) {
                return null;
            }
            String line = head.lines().findFirst().orElse("").substring(2).strip();
            int space = line.indexOf(' ');
            return space < 0 ? line : line.substring(0, space);
        } catch (IOException e) {
            return null;
        }
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
        return new StartRefusal(call, Errno.name(errno), reason, Errno.isShortage(errno));
    }
}
