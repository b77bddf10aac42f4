package dev.upkeep.component;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The top of a stack trace with its causes, short enough to be kept with every exit. */
final class LastWords {
    static final int LINES = 20;
    private static final int FRAMES = 6;
    private static final int WIDTH = 300;

    private LastWords() {}

    static List<String> of(Throwable thrown) {
        List<String> lines = new ArrayList<>();
        String before = "";
        // A circle of causes ends with the lines.
        for (Throwable t = thrown; t != null && lines.size() < LINES; t = causeOf(t)) {
            add(lines, before + text(t));
            StackTraceElement[] frames = t.getStackTrace();
            int shown = Math.min(ownFrames(frames), FRAMES);
            for (int i = 0; i < shown; i++) {
                add(lines, "    at " + frames[i]);
            }
            if (ownFrames(frames) > shown) {
                add(lines, "    ... " + (ownFrames(frames) - shown) + " more");
            }
            before = "Caused by: ";
        }
        return List.copyOf(lines);
    }

    /** Returns how many frames are the component's; below them are ours, which say nothing to its author. */
    private static int ownFrames(StackTraceElement[] frames) {
        int count = 0;
        while (count < frames.length
                && !frames[count].getClassName().equals(RunningComponent.class.getName())) {
            count++;
        }
        return count;
    }

    /** What is thrown is foreign code: its message may itself throw. */
    static String text(Throwable thrown) {
        try {
            return String.valueOf(thrown);
        } catch (Throwable t) {
            return thrown.getClass().getName();
        }
    }

    private static @Nullable Throwable causeOf(Throwable thrown) {
        try {
            return thrown.getCause();
        } catch (Throwable t) {
            return null;
        }
    }

    private static void add(List<String> lines, String text) {
        text.lines()
                .limit(LINES - lines.size())
                .map(line -> line.length() <= WIDTH ? line : line.substring(0, WIDTH) + "…")
                .forEach(lines::add);
    }
}
