package dev.upkeep.process;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.child.ChildPath;

/**
 * One start of one child.
 *
 * @param path whose process it is, for messages
 * @param generation which run of it, for messages
 * @param spec what is started
 * @param output where its lines go
 * @param heard whether somebody wants to hear what it says by sd_notify: then it gets a {@code NOTIFY_SOCKET}
 */
public record Launch(ChildPath path, long generation, ProcessSpec spec, OutputSink output, boolean heard) {
    public Launch(ChildPath path, long generation, ProcessSpec spec, OutputSink output) {
        this(path, generation, spec, output, false);
    }
}
