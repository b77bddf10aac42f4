package dev.upkeep.process;

import dev.upkeep.api.OutputRule;
import org.jspecify.annotations.Nullable;

/**
 * A stream that goes into a file (P13). Who wants to hear it hears a copy, made by tee before the bytes themselves move: so
 * what was heard and what was written do not differ, but what was heard may be in the pipe still.
 */
final class FileEnd extends PipeEnd {
    /** Of one child, until the next has its turn. */
    private static final int SHARE = 1 << 20;

    private final String path;
    private final OutputRule.File rule;
    private final LastWords lastWords;
    private final boolean stderr;
    /** Nothing where nobody hears lines, beats or outcomes of it. */
    private final @Nullable ChildStream heard;
    private @Nullable LogFile file;
    /** So many of the bytes in the pipe were heard already. */
    private long ahead;

    FileEnd(int fd, PosixChild child, boolean stderr, String path, OutputRule.File rule) {
        super(fd, child);
        this.path = path;
        this.rule = rule;
        this.lastWords = child.lastWords();
        this.stderr = stderr;
        this.heard = child.launch().heard()
                ? new ChildStream(child.launch(), child.events(), lastWords, stderr, OutputSink.NOWHERE)
                : null;
    }

    @Override
    Taken take(OutputTools tools) {
        boolean copies = stderr || heard != null;
        long now = System.nanoTime();
        if (!copies && (file == null || !file.isOpen())) {
            // A log is opened for bytes alone: if it cannot be, the end of a pipe without any would wait for it.
            int n = tools.peek(fd);
            if (n <= 0) {
                return n == -Errno.EAGAIN ? Taken.ALL : Taken.END;
            }
        }
        for (long left = SHARE; left > 0;) {
            if (copies && ahead == 0) {
                int n = hear(tools);
                if (n <= 0) {
                    return n == -Errno.EAGAIN ? Taken.ALL : Taken.END;
                }
            }
            long n = move(tools, copies ? ahead : left, now);
            if (n == LogFile.WAIT) {
                return Taken.NONE;
            }
            if (n <= 0) {
                return n == -Errno.EAGAIN ? Taken.ALL : Taken.END;
            }
            left -= n;
            ahead -= copies ? n : 0;
        }
        return Taken.SOME;
    }

    private int hear(OutputTools tools) {
        int n = tools.peek(fd);
        if (n > 0) {
            ahead = n;
            if (heard != null) {
                heard.feed(tools.bytes(), 0, n);
            } else {
                lastWords.add(tools.bytes(), 0, n);
            }
        }
        return n;
    }

    private long move(OutputTools tools, long most, long now) {
        LogFile into = file;
        if (into == null) {
            into = tools.files().use(path, rule);
            file = into;
        }
        tools.files().touch(into);
        return into.take(fd, most, child().events(), now);
    }

    @Override
    void ended(OutputTools tools) {
        if (heard != null) {
            heard.end();
        }
        if (file != null) {
            tools.files().leave(file);
        }
    }
}
