package dev.upkeep.process;

import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into lines. Holds at most 16 KiB, and nothing while the stream stands at a line's end. Used by
 * one thread at a time.
 */
final class LineSplitter {
    static final int LONGEST_LINE = 16 * 1024;

    /** Takes a line, or a piece of one that is longer than 16 KiB. */
    interface Lines {
        /**
         * Takes one.
         *
         * @param whole whether it is a whole line and not a piece
         */
        void line(byte[] buffer, int offset, int length, boolean whole);

        /** The line that came in pieces has ended with the last of them. */
        default void longLineEnded() {}
    }

    private final Lines lines;
    private byte @Nullable [] begun;
    private int begunLength;
    private boolean withinLongLine;

    LineSplitter(Lines lines) {
        this.lines = lines;
    }

    void feed(byte[] buffer, int offset, int length) {
        int end = offset + length;
        int start = offset;
        while (start < end) {
            int room = LONGEST_LINE - begunLength;
            int limit = Math.min(end, start + room);
            int newline = indexOfNewline(buffer, start, limit);
            if (newline < 0 && limit - start == room && limit < end && buffer[limit] == '\n') {
                newline = limit;
            }
            if (newline >= 0) {
                finish(buffer, start, newline - start, true);
                start = newline + 1;
            } else if (limit - start == room) {
                finish(buffer, start, room, false);
                start = limit;
            } else {
                hold(buffer, start, limit - start);
                start = limit;
            }
        }
    }

    /** Gives the last line if the stream ended without a newline. */
    void end() {
        if (begunLength > 0 || withinLongLine) {
            finish(new byte[0], 0, 0, true);
        }
    }

    private void finish(byte[] buffer, int offset, int length, boolean lineEnds) {
        boolean piece = withinLongLine || !lineEnds;
        boolean emptyRest = withinLongLine && lineEnds && begunLength + length == 0;
        withinLongLine = !lineEnds;
        if (!emptyRest) {
            give(buffer, offset, length, !piece);
        }
        if (piece && lineEnds) {
            lines.longLineEnded();
        }
    }

    private void give(byte[] buffer, int offset, int length, boolean whole) {
        byte[] held = begun;
        if (held == null) {
            lines.line(buffer, offset, length, whole);
            return;
        }
        hold(buffer, offset, length);
        byte[] all = begun == null ? held : begun;
        int total = begunLength;
        // Dropped before the call, so that a sink that throws does not see the same bytes again.
        begun = null;
        begunLength = 0;
        lines.line(all, 0, total, whole);
    }

    private void hold(byte[] buffer, int offset, int length) {
        byte[] held = begun;
        int needed = begunLength + length;
        if (held == null || held.length < needed) {
            byte[] larger = new byte[Math.min(LONGEST_LINE,
                    Math.max(256, Integer.highestOneBit(needed) * 2))];
            if (held != null) {
                System.arraycopy(held, 0, larger, 0, begunLength);
            }
            held = larger;
            begun = larger;
        }
        System.arraycopy(buffer, offset, held, begunLength, length);
        begunLength = needed;
    }

    private static int indexOfNewline(byte[] buffer, int from, int to) {
        for (int i = from; i < to; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }
}
