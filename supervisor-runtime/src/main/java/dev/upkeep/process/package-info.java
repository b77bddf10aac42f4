/**
 * Operating system processes: started, watched, signalled, ended, and their output read.
 *
 * <p>The door is {@link dev.upkeep.process.Processes}. On Linux it is {@code posix_spawn}, pidfds and two epoll
 * threads for all children together; elsewhere {@code ProcessBuilder}. Nothing here decides anything: when a
 * child is stopped, killed or started again is the tree's business.
 */
@NullMarked
package dev.upkeep.process;

import org.jspecify.annotations.NullMarked;
