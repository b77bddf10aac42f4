package dev.upkeep.api.settings;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The written form of durations: {@code 500ms 10s 5m 1h}, or several in falling order as in {@code 1m30s}. */
public final class Durations {
    private static final Pattern FORM = Pattern
            .compile("(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");

    private Durations() {}

    /**
     * Reads the written form.
     *
     * @throws IllegalArgumentException if the text is not a duration; the message says what is expected
     */
    public static Duration parse(String text) {
        Matcher matcher = FORM.matcher(text.trim());
        if (text.isBlank() || !matcher.matches()) {
            throw new IllegalArgumentException("'" + text
                    + "' is not a duration; expected a number with ms, s, m or h, as in 500ms, 10s or 1m30s");
        }
        return Duration.ofHours(part(matcher, 1))
                .plusMinutes(part(matcher, 2))
                .plusSeconds(part(matcher, 3))
                .plusMillis(part(matcher, 4));
    }

    private static long part(Matcher matcher, int group) {
        return matcher.group(group) == null ? 0 : Long.parseLong(matcher.group(group));
    }

    /** Returns the duration as a person would write it, to the millisecond; {@code forever} for the longest one. */
    public static String format(Duration duration) {
        if (duration.equals(AllowForever.FOREVER)) {
            return "forever";
        }
        if (duration.isNegative()) {
            return "-" + format(duration.negated());
        }
        StringBuilder text = new StringBuilder();
        append(text, duration.toHours(), "h");
        append(text, duration.toMinutesPart(), "m");
        append(text, duration.toSecondsPart(), "s");
        append(text, duration.toMillisPart(), "ms");
        return text.length() == 0 ? "0s" : text.toString();
    }

    private static void append(StringBuilder text, long number, String unit) {
        if (number != 0) {
            text.append(number).append(unit);
        }
    }

    /** Returns the duration in nanoseconds, and the greatest long for one that has more. */
    public static long saturatedNanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }
}
