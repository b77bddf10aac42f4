package dev.upkeep.config;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** A part of the file: aliases and merge keys are resolved, nothing is interpreted. */
sealed interface YamlNode {
    Position at();

    /** Returns the word for it in messages. */
    String noun();

    /**
     * A single value.
     *
     * @param text as it was written, without quotes
     * @param plain whether it was written without quotes
     */
    record Scalar(String text, boolean plain, Position at) implements YamlNode {
        private static final Set<String> NULLS = Set.of("", "~", "null");
        private static final int LONGEST_SHOWN = 60;

        boolean isNull() {
            return plain && NULLS.contains(text);
        }

        /** Returns the value as messages show it. */
        String shown() {
            return shown(text);
        }

        /** Returns what may be guessed about: the nearest word to a substituted value would tell the value. */
        String guess(String value) {
            return value.equals(text) ? value : "";
        }

        static String shown(String text) {
            StringBuilder safe = new StringBuilder();
            text.codePoints()
                    .limit(LONGEST_SHOWN)
                    .forEach(c -> safe.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
            return "'" + safe + (text.codePointCount(0, text.length()) > LONGEST_SHOWN ? "…'" : "'");
        }

        @Override
        public String noun() {
            return isNull() ? "nothing" : "a single value";
        }
    }

    /** A list. */
    record Sequence(List<YamlNode> items, Position at) implements YamlNode {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String noun() {
            return "a list";
        }
    }

    /** Keys and values in order. */
    record Mapping(Map<String, Entry> entries, Position at) implements YamlNode {
        @Override
        public String noun() {
            return "keys with values";
        }
    }

    /** A value and where its key stands. */
    record Entry(Position keyAt, YamlNode value) {}
}
