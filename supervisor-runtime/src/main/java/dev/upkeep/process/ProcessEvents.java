package dev.upkeep.process;

import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.ResourceUse;
import java.time.Duration;
import java.util.List;

/**
 * What is told of one start. Called on threads of this package, one call at a time, never after {@link #gone} or
 * {@link #refused} (but for {@link #message}, while somebody else still writes to the output, and {@link #strayed}). Implementations must
 * not block; what they throw is logged and dropped.
 */
public interface ProcessEvents {
    /** The program runs: the exec has succeeded. */
    void started(long pid);

    /** Nothing runs; told instead of {@link #started}. */
    void refused(StartRefusal why);

    /** What the process that has ended had used; told before {@link #leaderEnded} where the kernel tells it (P6). */
    default void used(ResourceUse use) {}

    /**
     * The process that was started has ended.
     *
     * @param lastWords the end of its stderr, oldest first: at most 64 lines and 8 KiB. Best effort: what was in the
     *         pipe when it ended, whoever still holds the other end
     * @param membersLeft whether live processes remain in its group; {@link #gone} is told only after they ended
     */
    void leaderEnded(ExitStatus status, List<String> lastWords, boolean membersLeft);

    /** Leader reaped, no live process left in the group. Its output may still be open elsewhere (P7). */
    void gone();

    /** It, or somebody in its session, said {@code WATCHDOG=1} by sd_notify. */
    void beat();

    /** It said {@code WATCHDOG=trigger}: it wants to be taken for one whose beats have failed. */
    default void beatFailed() {}

    /** It said that it is ready, or, on its way out, that it no longer is (P9). Only of one that has a {@code ready} rule. */
    default void ready(boolean value) {}

    /** It asked for that much time from now on, for the start or the stop that it is in. */
    default void extended(Duration time) {}

    /** It said what it does at the moment; one line of at most 256 characters. */
    default void said(String text) {}

    /** Something about its output belongs into the record: bytes were dropped, or are written again. A few a minute at most. */
    default void outputDropped(String text) {}

    /** A process that came from it left its group and lives on without it (P8). Told after {@link #gone}. */
    default void strayed(String text) {}

    /** What one line of its stdout said to the supervisor: {@code {"type":"heartbeat"}}. */
    void message(ChildMessage message);

    /** Returns whether {@link #line} would do anything: otherwise it is not called. Asked for each line, by any thread. */
    default boolean hearsLines() {
        return false;
    }

    /**
     * One line of its stdout or stderr without the newline, messages among them; only the first 64 KiB of a longer one. May
     * be called before {@link #started}, and never twice at once.
     *
     * @param buffer valid during the call only
     */
    default void line(byte[] buffer, int offset, int length) {}
}
