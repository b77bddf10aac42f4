package dev.upkeep.health;

import java.util.regex.Pattern;

/**
 * A text in which a search can be interrupted: an expression with nested repetitions may take years on the text that its
 * adversary chooses, and the library's own search looks at no interrupt.
 */
final class InterruptibleText implements CharSequence {
    /** Carries an interrupt through the library's search. */
    private static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private final String text;

    private InterruptibleText(String text) {
        this.text = text;
    }

    /**
     * Returns whether the pattern is found in the text.
     *
     * @throws IllegalStateException if the pattern needs more stack for it than there is: a fault of the pattern
     */
    static boolean find(Pattern pattern, String text) throws InterruptedException {
        try {
            return pattern.matcher(new InterruptibleText(text)).find();
        } catch (Interrupted e) {
            throw new InterruptedException("interrupted while it searched for '" + pattern + "'");
        } catch (StackOverflowError e) {
            throw new IllegalStateException("the expression '" + Excerpt.of(pattern.pattern())
                    + "' needs too much stack for a text of " + text.length() + " characters", e);
        }
    }

    @Override
    public char charAt(int index) {
        if (Thread.interrupted()) {
            throw new Interrupted();
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return new InterruptibleText(text.substring(start, end));
    }

    @Override
    public String toString() {
        return text;
    }
}
