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
 */
public record Launch(ChildPath path, long generation, ProcessSpec spec, OutputSink output) {}
