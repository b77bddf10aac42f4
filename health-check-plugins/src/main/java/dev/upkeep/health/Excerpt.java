package dev.upkeep.health;

import java.nio.charset.StandardCharsets;

/** What may be shown of foreign bytes: little, on one line, and nothing that moves a terminal's cursor. */
final class Excerpt {
    private static final int MOST = 120;

    private Excerpt() {}

    static String of(byte[] bytes) {
        return of(new String(bytes, 0, Math.min(bytes.length, 4 * MOST), StandardCharsets.UTF_8));
    }

    static String of(String text) {
        return of(text, MOST);
    }

    /** @param most characters that are shown */
    static String of(String text, int most) {
        StringBuilder shown = new StringBuilder();
        int end = text.offsetByCodePoints(0, Math.min(most, text.codePointCount(0, text.length())));
        text.substring(0, end).codePoints().forEach(c -> shown.appendCodePoint(isShown(c) ? c : ' '));
        String line = shown.toString().strip();
        return end < text.length() ? line + "…" : line;
    }

    private static boolean isShown(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE,
                    Character.UNASSIGNED, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                false;
            default -> true;
        };
    }
}
