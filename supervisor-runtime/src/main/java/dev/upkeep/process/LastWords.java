package dev.upkeep.process;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The end of a child's stderr, kept for the report of its exit (P6). Costs nothing until something is said. */
final class LastWords {
    static final int MOST_LINES = 64;
    static final int MOST_BYTES = 8 * 1024;

    // Guarded by this: the output thread writes, whoever reports the exit reads.
    private byte @Nullable [] ring;
    private long written;

    synchronized void add(byte[] buffer, int offset, int length) {
        byte[] kept = ring;
        if (kept == null) {
            kept = new byte[MOST_BYTES];
            ring = kept;
        }
        int skipped = Math.max(0, length - MOST_BYTES);
        written += skipped;
        for (int from = offset + skipped, end = offset + length; from < end;) {
            int at = (int) (written % MOST_BYTES);
            int step = Math.min(end - from, MOST_BYTES - at);
            System.arraycopy(buffer, from, kept, at, step);
            from += step;
            written += step;
        }
    }

    /** Returns the last lines, oldest first; a line that was cut at its beginning is left out if others follow. */
    synchronized List<String> lines() {
        byte[] kept = ring;
        if (kept == null) {
            return List.of();
        }
        byte[] tail = new byte[(int) Math.min(written, MOST_BYTES)];
        for (int i = 0; i < tail.length; i++) {
            tail[i] = kept[(int) ((written - tail.length + i) % MOST_BYTES)];
        }
        // A stray byte becomes the replacement character: this text is for people.
        String text = new String(tail, StandardCharsets.UTF_8);
        int firstNewline = text.indexOf('\n');
        if (written > MOST_BYTES && firstNewline >= 0 && firstNewline < text.length() - 1) {
            text = text.substring(firstNewline + 1);
        }
        List<String> lines = text.lines().toList();
        return lines.size() <= MOST_LINES
                ? lines
                : List.copyOf(lines.subList(lines.size() - MOST_LINES, lines.size()));
    }
}
