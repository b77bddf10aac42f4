package dev.upkeep.process;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.child.ChildPath;
import java.time.Duration;
import java.util.Optional;

/**
 * One start of one child.
 *
 * @param path whose process it is, for messages
 * @param generation which run of it, for messages
 * @param spec what is started
 * @param output where its lines go, if its rule is that they go somewhere line by line
 * @param heard whether somebody wants to hear what it says by sd_notify: then it gets a {@code NOTIFY_SOCKET}; and what it
 *         writes into a file is heard as well
 * @param silence the longest that its checks let it be silent: told to it as {@code WATCHDOG_USEC} with the socket
 * @param routes where its streams lead to otherwise
 */
public record Launch(ChildPath path, long generation, ProcessSpec spec, OutputSink output, boolean heard,
        Optional<Duration> silence, Routes routes) {
    public Launch(ChildPath path, long generation, ProcessSpec spec, OutputSink output, boolean heard) {
        this(path, generation, spec, output, heard, Optional.empty(), Routes.NONE);
    }

    public Launch(ChildPath path, long generation, ProcessSpec spec, OutputSink output) {
        this(path, generation, spec, output, false);
    }
}
