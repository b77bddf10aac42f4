package dev.upkeep.api;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An operating system process of any language.
 *
 * @param command the program and its arguments, never through a shell; the program is looked up in the
 *         child's {@code PATH} if it has no slash
 * @param environment variables added to the inherited ones, in order
 * @param inheritEnvironment whether the supervisor's own variables are passed on; default true
 * @param workingDirectory where it starts; the supervisor's own directory if empty
 * @param successExitCodes the exit codes that count as a normal end; default 0 alone
 * @param doNotRestartExitCodes exit codes after which it stays suspended until a person starts it
 */
public record ProcessSpec(@ReadAtStart List<String> command, @ReadAtStart Map<String, String> environment,
        @ReadAtStart boolean inheritEnvironment, @ReadAtStart Optional<Path> workingDirectory,
        List<Integer> successExitCodes,
        List<Integer> doNotRestartExitCodes) implements Work {
    public ProcessSpec {
        command = List.copyOf(command);
        // Map.copyOf would lose the order in which a person wrote them.
        environment = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(environment));
        successExitCodes = List.copyOf(successExitCodes);
        doNotRestartExitCodes = List.copyOf(doNotRestartExitCodes);
        if (command.isEmpty() || command.get(0).isEmpty()) {
            throw new IllegalArgumentException(
                    "a command needs at least the name of a program, but is " + command);
        }
    }

    /** Returns a process with all defaults. */
    public static ProcessSpec of(String... command) {
        return new ProcessSpec(List.of(command), Map.of(), true, Optional.empty(), List.of(0), List.of());
    }
}
