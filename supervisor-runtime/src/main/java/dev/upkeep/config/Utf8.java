package dev.upkeep.config;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The bytes of a file as text.
 *
 * @param text with what is not UTF-8 replaced
 * @param fault where the first of that stands
 */
record Utf8(String text, Optional<Position> fault) {
    static Utf8 decode(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer text = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), text, true);
        String before = text.flip().toString();
        if (!result.isError()) {
            return new Utf8(before, Optional.empty());
        }
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        int column = before.length() - before.lastIndexOf('\n');
        return new Utf8(new String(bytes, StandardCharsets.UTF_8), Optional.of(new Position(line, column)));
    }
}
