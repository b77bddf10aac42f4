package dev.upkeep.breaker;

import dev.upkeep.api.settings.Durations;
import java.time.Duration;
import java.util.Optional;

/** How far back a failure rate looks: so many calls, or so long. */
sealed interface WindowSize {
    record Calls(int number) implements WindowSize {}

    record Time(Duration length) implements WindowSize {}

    /**
     * Reads the written form, {@code 100} or {@code 60s}.
     *
     * @param type what a bare number is; calls if empty
     * @throws IllegalArgumentException if the text is neither, or does not go with the type; the message says what is
     *         expected
     */
    static WindowSize parse(String text, Optional<WindowType> type) {
        String trimmed = text.trim();
        if (trimmed.matches("[0-9]{1,7}")) {
            int number = Integer.parseInt(trimmed);
            require(number >= 1, text);
            return type.orElse(WindowType.COUNT_BASED) == WindowType.COUNT_BASED
                    ? new Calls(number)
                    : new Time(Duration.ofSeconds(number));
        }
        Duration length;
        try {
            length = Durations.parse(trimmed);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(expected(text), e);
        }
        require(length.compareTo(Duration.ofMillis(10)) >= 0, text);
        if (type.orElse(WindowType.TIME_BASED) == WindowType.COUNT_BASED) {
            throw new IllegalArgumentException(
                    "window must be a number of calls where windowType is count-based, but is '" + text
                            + "'");
        }
        return new Time(length);
    }

    private static void require(boolean holds, String text) {
        if (!holds) {
            throw new IllegalArgumentException(expected(text));
        }
    }

    private static String expected(String text) {
        return "window must be a number of calls from 1 to 9999999, as in 100, or a duration of at least 10ms, as in 60s,"
                + " but is '" + text + "'";
    }
}
