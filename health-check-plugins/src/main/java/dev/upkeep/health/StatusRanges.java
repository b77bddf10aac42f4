package dev.upkeep.health;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The status codes that are well, as they are written: {@code 200-399}, {@code 200,204,300-399}. */
record StatusRanges(String written, List<Range> ranges) {
    private static final Pattern FORM = Pattern.compile("([0-9]{3})(?:\\s*-\\s*([0-9]{3}))?");
    private static final int MOST = 32;

    /** Both ends included. */
    record Range(int first, int last) {}

    /** @throws IllegalArgumentException if the text is no list of codes; the message says what is expected */
    static StatusRanges parse(String key, String text) {
        List<Range> ranges = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher matcher = FORM.matcher(part.strip());
            if (!matcher.matches()) {
                throw refused(key, text);
            }
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            if (first < 100 || last < first || ranges.size() == MOST) {
                throw refused(key, text);
            }
            ranges.add(new Range(first, last));
        }
        return new StatusRanges(text, List.copyOf(ranges));
    }

    private static IllegalArgumentException refused(String key, String text) {
        return new IllegalArgumentException(key + " must be up to " + MOST
                + " status codes or ranges of them from 100 to 999, as in 200,204,300-399, but is '"
                + Excerpt.of(text) + "'");
    }

    boolean contains(int status) {
        return ranges.stream().anyMatch(range -> range.first() <= status && status <= range.last());
    }

    @Override
    public String toString() {
        return written;
    }
}
