package dev.upkeep.api.child;

import dev.upkeep.api.settings.ByteSize;
import java.time.Duration;
import java.util.Optional;

/**
 * What a process had used when it ended, as the kernel tells whoever reaps it: of its own and of those of its children
 * that it waited for.
 *
 * @param user time on a processor in the program itself
 * @param system time on a processor in the kernel on its behalf
 * @param maxRss the most memory that one of them had resident at once. Known only where that was more than the supervisor itself
 *         ever had: a process begins in its memory, vfork(2), and to the kernel that counts as its own
 */
public record ResourceUse(Duration user, Duration system, Optional<ByteSize> maxRss) {}
