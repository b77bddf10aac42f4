package dev.upkeep.process;

import dev.upkeep.api.OutputRule;
import dev.upkeep.api.OutputRule.WhenFull;
import dev.upkeep.api.settings.Durations;
import java.util.concurrent.TimeUnit;

/**
 * One log of raw bytes and the full ones behind it: {@code NAME.1} is the newest. Bytes come by splice, so that at each moment
 * each of them is either in a file or still in its pipe. For the output thread alone.
 */
final class LogFile {
    /** What {@link #take} answers when the writer has to wait. */
    static final long WAIT = Long.MIN_VALUE;

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Disk.Stat NOT_OPEN = new Disk.Stat(0, 0, 0, 0, 0, false);

    private final String path;
    private final Disk disk;
    private final int devNull;
    private final Losses losses;
    private OutputRule.File rule;
    /** Streams that go here. */
    private int users;
    private int fd = -1;
    private Disk.Stat opened = NOT_OPEN;
    private long size;
    /** Its age counts from here. */
    private long begunNanos;
    private long lookedAt;
    private long triedAt;
    private long usedAt;

    LogFile(String path, OutputRule.File rule, Disk disk, int devNull) {
        this.path = path;
        this.rule = rule;
        this.disk = disk;
        this.devNull = devNull;
        this.losses = new Losses(path);
    }

    String path() {
        return path;
    }

    /** One more stream goes here. The rule of the last one holds for all. */
    void use(OutputRule.File itsRule) {
        users++;
        rule = itsRule;
    }

    void leave() {
        users--;
    }

    boolean isUsed() {
        return users > 0;
    }

    boolean isOpen() {
        return fd >= 0;
    }

    long usedAt() {
        return usedAt;
    }

    Losses losses() {
        return losses;
    }

    /**
     * Takes bytes out of a pipe.
     *
     * @return how many, 0 at its end, {@code -EAGAIN} if there are none, or {@link #WAIT}
     */
    long take(int pipe, long most, ChildEvents whose, long now) {
        usedAt = now;
        if (losses.failing() && now - triedAt < RETRY_NANOS) {
            return instead(pipe, most);
        }
        try {
            makeReady(now);
            long n = Splice.move(pipe, fd, Math.min(most, rule.maxSize().bytes() - size));
            if (n < 0 && n != -Errno.EAGAIN) {
                throw new CallFailed("splice", (int) -n);
            }
            if (n > 0) {
                size += n;
                losses.over(whose, now);
            }
            return n;
        } catch (CallFailed e) {
            triedAt = now;
            close();
            losses.begin(e, rule.whenFull(), whose, now);
            return instead(pipe, most);
        }
    }

    private long instead(int pipe, long most) {
        if (rule.whenFull() == WhenFull.BLOCK) {
            return WAIT;
        }
        long n = Splice.move(pipe, devNull, most);
        if (n > 0) {
            losses.dropped(n);
        }
        return n;
    }

    /** Has the right file open, with room in it. */
    private void makeReady(long now) throws CallFailed {
        if (isOpen() && !isStillThere(now)) {
            close();
        }
        if (!isOpen()) {
            open(now);
        }
        if (size >= rule.maxSize().bytes() || (size > 0 && isTooOld(now))) {
            close();
            rotate();
            open(now);
            if (size >= rule.maxSize().bytes()) {
                // Somebody else fills it.
                throw new CallFailed("rename", Errno.EBUSY);
            }
        }
    }

    /** Bytes that go to a deleted file are gone when it is closed. That it was moved away is seen within a second. */
    private boolean isStillThere(long now) throws CallFailed {
        Disk.Stat seen = disk.statOf(fd);
        if (seen.links() == 0) {
            return false;
        }
        if (seen.size() != size) {
            // Somebody cut it short, or wrote to it.
            disk.seek(fd, seen.size());
            size = seen.size();
        }
        if (now - lookedAt < LOOK_NANOS) {
            return true;
        }
        lookedAt = now;
        try {
            return disk.statOf(path).isSameAs(opened);
        } catch (CallFailed e) {
            return false;
        }
    }

    private boolean isTooOld(long now) {
        return rule.maxAge().isPresent()
                && now - begunNanos >= Durations.saturatedNanos(rule.maxAge().get());
    }

    private void open(long now) throws CallFailed {
        fd = disk.open(path);
        opened = disk.statOf(fd);
        if (!opened.regular()) {
            throw new CallFailed("open", Errno.EINVAL);
        }
        size = opened.size();
        disk.seek(fd, size);
        lookedAt = now;
        long age = Math.max(0, System.currentTimeMillis() / 1000 - opened.begun());
        begunNanos = now - TimeUnit.SECONDS.toNanos(age);
    }

    /** Renames from the oldest on, so that a kill in between leaves a gap in the numbers and nothing else; the next one closes it. */
    private void rotate() throws CallFailed {
        if (rule.keep() == 0) {
            disk.delete(path);
        } else {
            int free = 1;
            while (free < rule.keep() && disk.exists(older(free))) {
                free++;
            }
            for (int i = free; i > 1; i--) {
                disk.rename(older(i - 1), older(i));
            }
            disk.rename(path, older(1));
        }
        // More were kept once.
        for (int i = rule.keep() + 1; disk.delete(older(i)); i++) {
        }
    }

    private String older(int number) {
        return path + "." + number;
    }

    /** It is opened again when there is something to write. */
    void close() {
        if (isOpen()) {
            Kernel.close(fd);
            fd = -1;
        }
    }
}
