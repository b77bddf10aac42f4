package dev.upkeep.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The text of an environment file, as systemd's {@code EnvironmentFile=} has them: a line is {@code NAME=value}, blank, or a
 * comment that begins with {@code #} or {@code ;}. Blanks around a value go. A value in quotes may have several lines; in single
 * quotes all is as it stands, in double ones a backslash before {@code " \ $} or a backquote goes. Nothing else is special: a
 * {@code #} further on belongs to the value, and {@code $NAME} stays what it is. {@code export} in front is passed over; of two
 * with one name the later holds.
 *
 * <p>No message has anything out of the file: it may be a part of a secret.
 *
 * @param variables in order
 * @param faults what is wrong, by place
 */
record EnvironmentFile(Map<String, String> variables, List<Fault> faults) {
    /** Something that is none of the above. */
    record Fault(Position at, String message) {}

    private static final int MOST_FAULTS = 50;
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");
    private static final Pattern EXPORT = Pattern.compile("export[ \t]+");

    static EnvironmentFile parse(String text) {
        Text parsed = new Text(text.startsWith("\ufeff") ? text.substring(1) : text);
        parsed.lines();
        return new EnvironmentFile(parsed.variables, parsed.faults);
    }

    /** The way through a text. */
    private static final class Text {
        private static final int END = -1;

        private final int[] text;
        private final Map<String, String> variables = new LinkedHashMap<>();
        private final List<Fault> faults = new ArrayList<>();
        private int at;
        private int line = 1;
        private int lineStart;

        Text(String text) {
            this.text = text.replace("\r\n", "\n").codePoints().toArray();
        }

        void lines() {
            while (at < text.length && faults.size() < MOST_FAULTS) {
                skipBlanks();
                int first = peek();
                if (first != '#' && first != ';' && first != '\n' && first != END) {
                    assignment();
                }
                nextLine();
            }
        }

        private void assignment() {
            Position start = here();
            int from = at;
            while (peek() != '=' && peek() != '\n' && peek() != END) {
                at++;
            }
            if (peek() != '=') {
                fault(start, "expected NAME=value, but this line has no '='");
                return;
            }
            String name = EXPORT.matcher(between(from, at)).replaceFirst("");
            if (!NAME.matcher(name).matches()) {
                fault(start, name.isBlank()
                        ? "there is no name before the '='"
                        : name.endsWith(" ") || name.endsWith("\t")
                                ? "no blank may stand before the '='"
                                : "what stands before the '=' cannot be the name of a variable; expected"
                                        + " letters, digits, '_', '.' and '-', the first no digit");
            }
            at++;
            skipBlanks();
            boolean quoted = peek() == '\'' || peek() == '"';
            String value = quoted ? quoted(peek()) : plain();
            if (value.indexOf('\0') >= 0) {
                fault(start, "a variable cannot hold the character 0");
            }
            variables.remove(name);
            variables.put(name, value);
        }

        private String plain() {
            int from = at;
            while (peek() != '\n' && peek() != END) {
                at++;
            }
            int end = at;
            while (end > from && isBlank(text[end - 1])) {
                end--;
            }
            if (end > from && text[end - 1] == '\\') {
                // For systemd it is one line with the next, for docker it is the end of the value.
                fault(new Position(line, end - lineStart),
                        "a value that ends in a backslash must stand in quotes");
            }
            return between(from, end);
        }

        private String quoted(int quote) {
            Position start = here();
            int restoreAt = at;
            int restoreLine = line;
            int restoreLineStart = lineStart;
            StringBuilder value = new StringBuilder();
            at++;
            while (peek() != quote) {
                if (peek() == END) {
                    fault(start, "the quote " + Character.toString(quote) + " is not closed");
                    // What follows is more likely to be lines of their own than of this value.
                    at = restoreAt;
                    line = restoreLine;
                    lineStart = restoreLineStart;
                    return "";
                }
                if (quote == '"' && peek() == '\\' && at + 1 < text.length
                        && "\"\\$`".indexOf(text[at + 1]) >= 0) {
                    at++;
                }
                value.appendCodePoint(text[at]);
                step();
            }
            at++;
            skipBlanks();
            if (peek() != '\n' && peek() != END) {
                fault(here(), "a line must end with the closing quote");
            }
            return value.toString();
        }

        private void nextLine() {
            while (peek() != '\n' && peek() != END) {
                at++;
            }
            if (peek() == '\n') {
                step();
            }
        }

        private void step() {
            if (text[at] == '\n') {
                line++;
                lineStart = at + 1;
            }
            at++;
        }

        private void skipBlanks() {
            while (isBlank(peek())) {
                at++;
            }
        }

        private static boolean isBlank(int c) {
            return c == ' ' || c == '\t' || c == '\r';
        }

        private int peek() {
            return at < text.length ? text[at] : END;
        }

        private Position here() {
            return new Position(line, at - lineStart + 1);
        }

        private String between(int from, int to) {
            return new String(text, from, to - from);
        }

        private void fault(Position where, String message) {
            faults.add(new Fault(where, message));
        }
    }
}
