package dev.upkeep.process;

import java.nio.charset.StandardCharsets;

/**
 * Tells messages of a child from its other output by a glance at the bytes; whether the JSON is sound is for its reader
 * to find out.
 */
final class MessageLine {
    private static final byte[] TYPE_KEY = "\"type\"".getBytes(StandardCharsets.US_ASCII);

    private MessageLine() {}

    static boolean matches(byte[] buffer, int offset, int length) {
        int last = offset + length - 1;
        while (last > offset && (buffer[last] == '\r' || buffer[last] == ' ' || buffer[last] == '\t')) {
            last--;
        }
        if (length < 2 || buffer[offset] != '{' || buffer[last] != '}') {
            return false;
        }
        for (int i = offset + 1; i + TYPE_KEY.length <= last; i++) {
            if (buffer[i] == '"' && keyAt(buffer, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean keyAt(byte[] buffer, int at) {
        for (int i = 0; i < TYPE_KEY.length; i++) {
            if (buffer[at + i] != TYPE_KEY[i]) {
                return false;
            }
        }
        return true;
    }
}
