package dev.upkeep.process;

/** Takes the lines of one child. */
@FunctionalInterface
public interface OutputSink {
    /** Takes nothing. */
    OutputSink NOWHERE = (stderr, buffer, offset, length) -> {};

    /**
     * Takes one line without its newline; a line without end comes in pieces of 16 KiB. Lines of stdout that are
     * messages do not come here.
     *
     * <p>One {@link Processes} makes one such call at a time, for all children together, so that sinks may share a
     * stream. It should not block: no output of anybody is read meanwhile.
     *
     * @param stderr whether it came from stderr, otherwise from stdout
     * @param buffer valid during the call only
     */
    void line(boolean stderr, byte[] buffer, int offset, int length);
}
