package dev.upkeep.process;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What one datagram of sd_notify(3) says: lines of {@code NAME=value}, of which the last of a name counts. */
final class NotifyWords {
    /** The longest {@code STATUS} that is kept. */
    static final int LONGEST_STATUS = 256;
    /** A line of it is an assignment; what has more is not meant for us. */
    private static final int MOST_LINES = 64;

    boolean beat;
    boolean beatFailed;
    @Nullable
    Boolean ready;
    @Nullable
    String status;
    @Nullable
    Duration extension;
    /** Of the process that shall be taken for the main one; 0 if it names none. */
    long mainPid;
    /** Lines that say nothing that can be understood. Names that are not known here do not count. */
    int malformed;

    private NotifyWords() {}

    static NotifyWords read(ByteBuffer datagram) {
        NotifyWords words = new NotifyWords();
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(datagram).toString();
        } catch (CharacterCodingException e) {
            words.malformed++;
            return words;
        }
        // A program in C may send the end of its string along.
        String whole = text.endsWith("\0") ? text.substring(0, text.length() - 1) : text;
        if (whole.indexOf('\0') >= 0) {
            words.malformed++;
            return words;
        }
        // Not lines(), which ends one at a carriage return, too.
        Stream.of(whole.split("\n", MOST_LINES + 1)).limit(MOST_LINES).forEach(words::assign);
        return words;
    }

    private void assign(String line) {
        int equals = line.indexOf('=');
        if (equals <= 0) {
            malformed += line.isEmpty() ? 0 : 1;
            return;
        }
        String value = line.substring(equals + 1);
        switch (line.substring(0, equals)) {
            case "READY" -> {
                if (isOne(value)) {
                    ready = true;
                }
            }
            case "STOPPING" -> {
                if (isOne(value)) {
                    ready = false;
                }
            }
            case "WATCHDOG" -> {
                if (value.equals("trigger")) {
                    beatFailed = true;
                } else if (isOne(value)) {
                    beat = true;
                }
            }
            case "STATUS" -> status = harmless(value);
            case "EXTEND_TIMEOUT_USEC" -> extension = microseconds(value);
            case "MAINPID" -> mainPid = pid(value);
            default -> {
                // RELOADING, BARRIER, FDSTORE and whatever else there is.
            }
        }
    }

    private boolean isOne(String value) {
        boolean one = value.equals("1");
        malformed += one ? 0 : 1;
        return one;
    }

    private @Nullable Duration microseconds(String value) {
        try {
            long micros = Long.parseUnsignedLong(value);
            return micros < 0 ? Duration.ofSeconds(Long.MAX_VALUE) : Duration.of(micros, ChronoUnit.MICROS);
        } catch (NumberFormatException e) {
            malformed++;
            return extension;
        }
    }

    private long pid(String value) {
        try {
            int pid = Integer.parseInt(value);
            if (pid > 0) {
                return pid;
            }
        } catch (NumberFormatException e) {
            // Told below, with zero and what is less.
        }
        malformed++;
        return mainPid;
    }

    /** Returns one short line that does nothing to a terminal. */
    private static String harmless(String value) {
        StringBuilder text = new StringBuilder(Math.min(value.length(), LONGEST_STATUS));
        for (int i = 0; i < value.length();) {
            int c = value.codePointAt(i);
            i += Character.charCount(c);
            if (text.length() + Character.charCount(c) > LONGEST_STATUS) {
                text.setLength(Character.isLowSurrogate(text.charAt(LONGEST_STATUS - 1))
                        ? LONGEST_STATUS - 2
                        : LONGEST_STATUS - 1);
                return text.append('…').toString();
            }
            text.appendCodePoint(isHarmless(c) ? c : '?');
        }
        return text.toString();
    }

    private static boolean isHarmless(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE ->
                false;
            default -> true;
        };
    }
}
