package dev.upkeep.tree;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Lines as the bytes they were, each with its newline: 256 KiB are what they say, however short the lines are. What
 * finds no more room is counted and dropped. Guarded by its owner.
 */
final class KeptLines {
    static final int MOST_BYTES = 256 * 1024;
    private static final int FIRST_ROOM = 1024;

    private byte[] bytes = new byte[0];
    private int length;
    private long dropped;

    /** Takes a line without its newline. */
    void add(byte[] line, int offset, int count) {
        if (count >= MOST_BYTES - length) {
            dropped++;
            return;
        }
        int needed = length + count + 1;
        if (needed > bytes.length) {
            int room = Math.max(FIRST_ROOM, Math.max(needed, 2 * bytes.length));
            bytes = Arrays.copyOf(bytes, Math.min(room, MOST_BYTES));
        }
        System.arraycopy(line, offset, bytes, length, count);
        bytes[length + count] = '\n';
        length = needed;
    }

    boolean isEmpty() {
        return length == 0;
    }

    long dropped() {
        return dropped;
    }

    KeptLines copy() {
        KeptLines copy = new KeptLines();
        copy.bytes = Arrays.copyOf(bytes, length);
        copy.length = length;
        copy.dropped = dropped;
        return copy;
    }

    /** Hands on all lines, oldest first. A stray byte becomes the replacement character. */
    void forEach(Consumer<String> taker) {
        for (int from = 0; from < length;) {
            int end = from;
            while (bytes[end] != '\n') {
                end++;
            }
            taker.accept(new String(bytes, from, end - from, StandardCharsets.UTF_8));
            from = end + 1;
        }
    }
}
