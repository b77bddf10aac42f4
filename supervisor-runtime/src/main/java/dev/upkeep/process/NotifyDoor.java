package dev.upkeep.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Where a child speaks sd_notify, and how often it shall.
 *
 * @param socket what it is to send to
 * @param silence the longest that it may be silent, if it shall speak at all
 */
record NotifyDoor(Path socket, Optional<Duration> silence) {
    /**
     * Returns the variables that tell it. Without {@code WATCHDOG_PID}: what a child gets is written before it has a number,
     * and sd_watchdog_enabled(3) takes what names nobody for itself.
     */
    Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("NOTIFY_SOCKET", socket.toString());
        silence.ifPresent(longest -> variables.put("WATCHDOG_USEC",
                Long.toString(Math.max(1, TimeUnit.MICROSECONDS.convert(longest)))));
        return variables;
    }
}
