package dev.upkeep.tree;

/**
 * Text that may be looked at only so often, which bounds a pattern that backtracks. Counted in looks and not in time, so
 * that the same line ends the same way on every machine.
 */
final class BoundedText implements CharSequence {
    /** It was looked at too often. */
    static final class Exhausted extends RuntimeException {
        private static final long serialVersionUID = 1;

        Exhausted() {
            super("looked at too often", null, false, false);
        }
    }

    private final String text;
    private long looks;

    BoundedText(String text, long looks) {
        this.text = text;
        this.looks = looks;
    }

    @Override
    public char charAt(int index) {
        if (looks-- <= 0) {
            throw new Exhausted();
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.substring(start, end);
    }

    @Override
    public String toString() {
        return text;
    }
}
