package dev.upkeep.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A clock that a poller watches; it runs only while it is wound. */
final class Ticks extends Poller.Watch {
    private static final long TIMERFD_CREATE = Kernel.byProcessor(283, 85);
    private static final long TIMERFD_SETTIME = Kernel.byProcessor(286, 86);
    private static final int CLOCK_MONOTONIC = 1;
    private static final int NONBLOCK_CLOEXEC = 04000 | 02000000;
    private static final long SECOND_NANOS = 1_000_000_000;

    /** When it ticks; far away while it is not wound. */
    private long atNanos;
    private boolean wound;

    Ticks() throws CallFailed {
        super(Kernel.must("timerfd_create",
                Kernel.call(TIMERFD_CREATE, CLOCK_MONOTONIC, NONBLOCK_CLOEXEC, 0, 0, 0)));
    }

    /** Has it tick once in that time, or earlier if it was wound for earlier. */
    void within(long nanos, long now) {
        if (wound && now + nanos - atNanos >= 0) {
            return;
        }
        wound = true;
        atNanos = now + nanos;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(ValueLayout.JAVA_LONG, 4);
            time.setAtIndex(ValueLayout.JAVA_LONG, 2, nanos / SECOND_NANOS);
            time.setAtIndex(ValueLayout.JAVA_LONG, 3, nanos % SECOND_NANOS);
            Kernel.call(TIMERFD_SETTIME, fd, 0, time.address(), 0, 0);
        }
    }

    /** It has ticked and stands still. */
    void ticked() {
        wound = false;
        Kernel.clear(fd);
    }
}
