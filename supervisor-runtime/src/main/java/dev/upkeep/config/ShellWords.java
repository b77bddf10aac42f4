package dev.upkeep.config;

import java.util.ArrayList;
import java.util.List;

/** Splits a command as a POSIX shell does: blanks, quotes, backslashes, and nothing else. {@code ${…}} is never split. */
final class ShellWords {
    private final String text;
    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private boolean inWord;
    private int at;

    private ShellWords(String text) {
        this.text = text;
    }

    /**
     * Returns the words.
     *
     * @throws IllegalArgumentException if a quote is not closed or nothing follows a backslash
     */
    static List<String> split(String text) {
        return new ShellWords(text).split();
    }

    private List<String> split() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                endWord();
                at++;
            } else {
                inWord = true;
                unquoted(c);
            }
        }
        endWord();
        return words;
    }

    private void unquoted(char c) {
        if (c == '\'') {
            int end = closing('\'', at + 1);
            // What stands in single quotes is literal for a shell, but ${…} is ours everywhere (F2).
            word.append(text, at + 1, end);
            at = end + 1;
        } else if (c == '"') {
            doubleQuoted();
        } else if (c == '\\') {
            if (at + 1 == text.length()) {
                throw new IllegalArgumentException("nothing follows the backslash at the end of the command");
            }
            escaped(text.charAt(at + 1));
        } else {
            reference();
        }
    }

    private void doubleQuoted() {
        int start = at++;
        while (at < text.length() && text.charAt(at) != '"') {
            if (text.charAt(at) == '\\' && at + 1 < text.length()
                    && "\"\\$`".indexOf(text.charAt(at + 1)) >= 0) {
                escaped(text.charAt(at + 1));
            } else {
                reference();
            }
        }
        if (at == text.length()) {
            closing('"', start + 1);
        }
        at++;
    }

    /** Takes a character as it is; a dollar stays one in the substitution that follows. */
    private void escaped(char c) {
        word.append(c == '$' ? "$$" : String.valueOf(c));
        at += 2;
    }

    /** Takes one character, or a whole {@code ${…}}. */
    private void reference() {
        int end = text.startsWith("${", at) ? text.indexOf('}', at) : -1;
        int next = end < 0 ? at + 1 : end + 1;
        word.append(text, at, next);
        at = next;
    }

    private int closing(char quote, int from) {
        int end = text.indexOf(quote, from);
        if (end < 0 || quote == '"') {
            throw new IllegalArgumentException("the quote " + quote + " is not closed in the command");
        }
        return end;
    }

    private void endWord() {
        if (inWord) {
            words.add(word.toString());
            word.setLength(0);
            inWord = false;
        }
    }
}
