package dev.upkeep.process;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a process says to its supervisor in one line of JSON on stdout. Read by pattern and not by a JSON parser: the two
 * forms are flat, a line costs nothing when it is neither, and an embedding program needs no JSON library.
 */
sealed interface ChildMessage {
    /** {@code {"type":"heartbeat",…}}: it lives. */
    record Beat() implements ChildMessage {}

    /** {@code {"type":"outcome","ok":n,"failed":m}}: calls since the last one; a missing count is 0. */
    record Outcomes(long ok, long failed) implements ChildMessage {}

    Pattern TYPE = Pattern.compile("\"type\"\\s*:\\s*\"([a-z-]{1,40})\"");
    Pattern OK = Pattern.compile("\"ok\"\\s*:\\s*(\\d{1,15})");
    Pattern FAILED = Pattern.compile("\"failed\"\\s*:\\s*(\\d{1,15})");

    /** Returns nothing for a line of any other type: that is for whoever reads the child's output. */
    static Optional<ChildMessage> read(String json) {
        Matcher type = TYPE.matcher(json);
        if (!type.find()) {
            return Optional.empty();
        }
        return switch (type.group(1)) {
            case "heartbeat" -> Optional.of(new Beat());
            case "outcome" -> Optional.of(new Outcomes(number(OK, json), number(FAILED, json)));
            default -> Optional.empty();
        };
    }

    private static long number(Pattern pattern, String json) {
        Matcher matcher = pattern.matcher(json);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }
}
