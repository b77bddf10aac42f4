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
 * @param runAs its user, limits and the like; by default the supervisor's
 * @param ready how it says itself that it is ready; by default not at all
 * @param output where its stdout and stderr go; by default line by line to the supervisor's, with its name
 * @param cgroup whether it gets a control group of its own, so that its end is the end of all that ever came from it, a
 *         daemon that left its session included; needs a writable tree of cgroup v2; default false
 */
public record ProcessSpec(@ReadAtStart List<String> command, @ReadAtStart Map<String, String> environment,
        @ReadAtStart boolean inheritEnvironment, @ReadAtStart Optional<Path> workingDirectory,
        List<Integer> successExitCodes,
        List<Integer> doNotRestartExitCodes, @ReadAtStart RunAs runAs, @ReadAtStart ReadyBy ready,
        @ReadAtStart OutputRule output, @ReadAtStart boolean cgroup) implements Work {
    public ProcessSpec {
        command = List.copyOf(command);
        // Map.copyOf would lose the order in which a person wrote them.
        environment = environment.isEmpty()
                ? Map.of()
                : java.util.Collections.unmodifiableMap(new LinkedHashMap<>(environment));
        successExitCodes = List.copyOf(successExitCodes);
        doNotRestartExitCodes = List.copyOf(doNotRestartExitCodes);
        if (command.isEmpty() || command.get(0).isEmpty()) {
            throw new IllegalArgumentException(
                    "a command needs at least the name of a program, but is " + command);
        }
    }

    /** Returns a process with all defaults. */
    public static ProcessSpec of(String... command) {
        return of(List.of(command));
    }

    /** Returns a process with all defaults. */
    public static ProcessSpec of(List<String> command) {
        return new ProcessSpec(command, Map.of(), true, Optional.empty(), List.of(0), List.of(),
                RunAs.theSupervisor(), ReadyBy.START, OutputRule.PREFIXED, false);
    }

    /** Returns the same process with these variables instead. */
    public ProcessSpec withEnvironment(Map<String, String> value, boolean inherit) {
        return new ProcessSpec(command, value, inherit, workingDirectory, successExitCodes,
                doNotRestartExitCodes, runAs, ready, output, cgroup);
    }

    public ProcessSpec withWorkingDirectory(Path value) {
        return new ProcessSpec(command, environment, inheritEnvironment, Optional.of(value), successExitCodes,
                doNotRestartExitCodes, runAs, ready, output, cgroup);
    }

    /** Returns the same process with these meanings of its exit codes instead. */
    public ProcessSpec withExitCodes(List<Integer> success, List<Integer> doNotRestart) {
        return new ProcessSpec(command, environment, inheritEnvironment, workingDirectory, success,
                doNotRestart, runAs, ready, output, cgroup);
    }

    public ProcessSpec with(RunAs value) {
        return new ProcessSpec(command, environment, inheritEnvironment, workingDirectory, successExitCodes,
                doNotRestartExitCodes, value, ready, output, cgroup);
    }

    public ProcessSpec with(ReadyBy value) {
        return new ProcessSpec(command, environment, inheritEnvironment, workingDirectory, successExitCodes,
                doNotRestartExitCodes, runAs, value, output, cgroup);
    }

    public ProcessSpec with(OutputRule value) {
        return new ProcessSpec(command, environment, inheritEnvironment, workingDirectory, successExitCodes,
                doNotRestartExitCodes, runAs, ready, value, cgroup);
    }

    public ProcessSpec withCgroup(boolean value) {
        return new ProcessSpec(command, environment, inheritEnvironment, workingDirectory, successExitCodes,
                doNotRestartExitCodes, runAs, ready, output, value);
    }
}
