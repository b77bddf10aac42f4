package dev.upkeep.cli;

import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.control.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which supervisor is meant: the options that every verb has (O0). */
final class Target {
    /** The name as most people write it. Knowing all of YAML would cost every command its reader's start. */
    private static final Pattern NAME = Pattern
            .compile(
                    "(?m)^(?:name|'name'|\"name\")[ \\t]*:[ \\t]*(?:'([^'\\n]*)'|\"([^\"\\n]*)\"|([^#\\n]*?))[ \\t]*(?:[ \\t]#.*)?\\r?$");
    private static final int LARGEST_FILE = 4 << 20;

    @Option(names = {"-f",
            "--file"}, paramLabel = "FILE", description = "Of the supervisor that runs this file; default ./upkeep.yaml.")
    private @Nullable Path file;

    @Option(names = "--state", paramLabel = "DIR", description = "Of the supervisor with this state directory.")
    private @Nullable Path state;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    /** Finds the control socket; nothing has been asked of it yet. */
    Path socket(Terminal terminal) {
        return StateDirectory
                .socketIn(StateDirectory.resolve(Optional.ofNullable(state), terminal.environment(),
                        terminal.root(), () -> name(terminal)));
    }

    private String name(Terminal terminal) {
        Path asked = file == null ? Path.of("upkeep.yaml") : file;
        Path found = terminal.directory().resolve(asked);
        if (file == null && !Files.exists(found)) {
            throw new CommandFailure(Exit.USAGE,
                    "which supervisor? There is no ./upkeep.yaml here; say -f FILE or"
                            + " --state DIR");
        }
        try {
            if (Files.size(found) > LARGEST_FILE) {
                throw new CommandFailure(Exit.USAGE,
                        asked + " is too large to be a configuration; say --state DIR");
            }
            return nameIn(Files.readString(found), asked).orElseGet(() -> StateDirectory.nameFor(found));
        } catch (IOException e) {
            throw new CommandFailure(Exit.USAGE,
                    asked + " cannot be read: " + reason(e) + "; say --state DIR");
        }
    }

    static Optional<String> nameIn(String yaml, Path file) {
        Matcher line = NAME.matcher(yaml);
        if (!line.find()) {
            return Optional.empty();
        }
        for (int style = 1; style <= 3; style++) {
            if (line.group(style) != null && ChildPath.isId(line.group(style))) {
                return Optional.of(line.group(style));
            }
        }
        throw new CommandFailure(Exit.USAGE,
                "the name in " + file + " is not plain to see ('" + line.group().strip()
                        + "'); say --state DIR");
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.NoSuchFileException
                ? "it does not exist"
                : e instanceof java.nio.file.AccessDeniedException
                        ? "permission denied"
                        : String.valueOf(e.getMessage());
    }
}
