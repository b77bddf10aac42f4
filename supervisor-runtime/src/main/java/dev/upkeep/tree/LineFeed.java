package dev.upkeep.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The lines of one instance on their way to its checks. The first 256 KiB are kept until all its checks are made: a child
 * may say that it is ready before there is anybody to hear it.
 */
final class LineFeed {
    // Guarded by this.
    private @Nullable KeptLines first = new KeptLines();
    private final List<LineHearer> hearers = new ArrayList<>();
    private boolean over;

    private volatile boolean wanted = true;

    /** Returns whether lines are of any use here. */
    boolean wanted() {
        return wanted;
    }

    synchronized void line(byte[] buffer, int offset, int length) {
        KeptLines kept = first;
        if (kept != null) {
            kept.add(buffer, offset, length);
        }
        for (LineHearer hearer : hearers) {
            hearer.offer(buffer, offset, length);
        }
    }

    synchronized void add(String name, Pattern pattern, Consumer<String> listener) {
        if (over) {
            return;
        }
        Vitals.requireRoom(hearers.size());
        KeptLines kept = first;
        LineHearer hearer = new LineHearer(name, pattern, listener,
                kept == null ? new KeptLines() : kept.copy());
        hearers.add(hearer);
        wanted = true;
        hearer.wake();
    }

    /** Whoever comes from now on hears only what is written from then on. */
    synchronized void forgetFirst() {
        first = null;
        wanted = !hearers.isEmpty();
    }

    synchronized void end() {
        over = true;
        wanted = false;
        first = null;
        hearers.forEach(LineHearer::end);
        hearers.clear();
    }
}
