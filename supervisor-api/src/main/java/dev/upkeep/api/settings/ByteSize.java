package dev.upkeep.api.settings;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, written {@code 512}, {@code 64KiB}, {@code 10MiB} or {@code 2GiB}.
 *
 * @param bytes at least 0
 */
public record ByteSize(long bytes) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*(B|KiB|MiB|GiB|TiB)?");

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size must be at least 0 bytes, but is " + bytes);
        }
    }

    /**
     * Reads the written form.
     *
     * @throws IllegalArgumentException if the text is not a size; the message says what is expected
     */
    public static ByteSize parse(String text) {
        Matcher matcher = FORM.matcher(text.trim());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' is not a size; expected a number of bytes, or one with KiB, MiB, GiB or TiB, as in 10MiB");
        }
        String unit = matcher.group(2) == null ? "B" : matcher.group(2).toUpperCase(Locale.ROOT);
        int shift = "BKMGT".indexOf(unit.charAt(0)) * 10;
        long number = Long.parseLong(matcher.group(1));
        if (number > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException("'" + text + "' is too large to be a size");
        }
        return new ByteSize(number << shift);
    }

    /** Returns the shortest written form that is exact. */
    @Override
    public String toString() {
        String[] units = {"", "KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        long number = bytes;
        while (unit < units.length - 1 && number != 0 && number % 1024 == 0) {
            number /= 1024;
            unit++;
        }
        return number + units[unit];
    }
}
