package dev.upkeep.api;

import dev.upkeep.api.child.Signal;
import dev.upkeep.api.settings.AllowForever;
import java.time.Duration;
import java.util.List;

/**
 * How a child is stopped: asked, given time, then killed.
 *
 * @param timeout how long it may take after it was asked; zero kills at once ({@code brutal}),
 *         {@link AllowForever#FOREVER} waits ({@code infinite}); default 10 s for processes, 5 s for components,
 *         for ever for supervisors
 * @param signal what a process is asked with; default SIGTERM. SIGCONT follows, so that a stopped process dies too
 * @param command a program and its arguments to run instead of the first signal, beside a process and with all that this has; it
 *         finds the process's number in {@code MAINPID}. If it cannot be run or fails, the signal is sent after all; it is
 *         killed with the process. Empty for none
 * @param killGroup whether signals go to the whole process group and not to its leader alone; default true
 */
public record StopRule(Duration timeout, List<String> command, Signal signal, boolean killGroup) {
    public StopRule {
        command = List.copyOf(command);
        if (!command.isEmpty() && command.get(0).isEmpty()) {
            throw new IllegalArgumentException(
                    "a stop command needs at least the name of a program, but is " + command);
        }
        if (timeout.isNegative()) {
            throw new IllegalArgumentException(
                    "stop timeout must be zero (kill at once) or longer, but is " + timeout);
        }
    }

    public static StopRule within(Duration timeout) {
        return new StopRule(timeout, List.of(), Signal.SIGTERM, true);
    }

    public static StopRule brutal() {
        return within(Duration.ZERO);
    }

    public static StopRule infinite() {
        return within(AllowForever.FOREVER);
    }

    public boolean isBrutal() {
        return timeout.isZero();
    }

    public boolean isInfinite() {
        return timeout.equals(AllowForever.FOREVER);
    }
}
