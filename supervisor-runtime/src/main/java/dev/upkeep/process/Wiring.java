package dev.upkeep.process;

import dev.upkeep.api.OutputRule;
import dev.upkeep.api.ReadyBy;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The descriptors of one start: what the child gets, and what stays with us. Closes all that nobody has taken over; made and
 * closed by the spawn thread.
 */
final class Wiring implements AutoCloseable {
    static final int NONE = -1;
    private static final long FCHOWN = Kernel.byProcessor(93, 55);
    private static final int SAME_GROUP = -1;

    private final List<Integer> open = new ArrayList<>(8);
    private final List<Libc.Mapped> children = new ArrayList<>(4);
    private int stdout = NONE;
    private int stderr = NONE;
    private int ready = NONE;
    private @Nullable String file;

    private Wiring() {}

    /** Gives those of ours that have the number of a child's descriptor another one, above it. */
    private void keepOff(int number) throws CallFailed {
        for (int i = 0; i < children.size(); i++) {
            Libc.Mapped each = children.get(i);
            if (each.ours() == number && each.theirs() != number) {
                children.set(i, new Libc.Mapped(opened(ReadyDescriptor.duplicateAbove(number, number)),
                        each.theirs()));
            }
        }
    }

    /** Opens what a child needs. */
    static Wiring open(Arena arena, Launch launch, int devNull) throws CallFailed {
        Wiring wiring = new Wiring();
        try {
            wiring.connectInput(arena, launch, devNull);
            wiring.connectOutput(arena, launch);
            wiring.connectReady(arena, launch);
            return wiring;
        } catch (CallFailed | RuntimeException e) {
            wiring.close();
            throw e;
        }
    }

    private void connectInput(Arena arena, Launch launch, int devNull) throws CallFailed {
        LoggerPipe from = launch.routes().from();
        children.add(new Libc.Mapped(from == null ? devNull : opened(from.forLogger(arena)), 0));
    }

    private void connectOutput(Arena arena, Launch launch) throws CallFailed {
        switch (launch.spec().output()) {
            case OutputRule.Prefixed _ -> capture(arena);
            case OutputRule.File rule -> {
                file = launch.routes().file(rule);
                capture(arena);
            }
            case OutputRule.Inherited _ -> {
                children.add(new Libc.Mapped(1, 1));
                children.add(new Libc.Mapped(2, 2));
            }
            case OutputRule.Logger(String sibling) -> {
                LoggerPipe into = launch.routes().into();
                if (into == null) {
                    throw new IllegalArgumentException("there is no pipe to '" + sibling + "'");
                }
                int end = opened(into.forWriter(arena));
                children.add(new Libc.Mapped(end, 1));
                children.add(new Libc.Mapped(end, 2));
            }
        }
    }

    private void connectReady(Arena arena, Launch launch) throws CallFailed {
        if (launch.spec().ready() instanceof ReadyBy.Descriptor(int number)) {
            ready = pipeFrom(arena, number);
            keepOff(number);
        }
    }

    private void capture(Arena arena) throws CallFailed {
        stdout = pipeFrom(arena, 1);
        stderr = pipeFrom(arena, 2);
    }

    /** Returns our end of a pipe into which the child writes on that descriptor. */
    private int pipeFrom(Arena arena, int theirs) throws CallFailed {
        int[] ends = Splice.childPipe(arena);
        for (int end : ends) {
            closeLater(end);
        }
        children.add(new Libc.Mapped(ends[1], theirs));
        return ends[0];
    }

    private int opened(int descriptor) {
        closeLater(descriptor);
        return descriptor;
    }

    /** Lets that user open the child's pipes anew, as a program that logs to {@code /dev/stdout} does. */
    void give(long uid) {
        if (captures()) {
            for (Libc.Mapped each : children) {
                if (each.theirs() == 1 || each.theirs() == 2) {
                    // Where it is not permitted, the descriptors themselves serve all the same.
                    Kernel.call(FCHOWN, each.ours(), uid, SAME_GROUP, 0, 0);
                }
            }
        }
    }

    /** Returns what the child gets. */
    List<Libc.Mapped> children() {
        return children;
    }

    /** Returns whether there are the two below. */
    boolean captures() {
        return stdout != NONE;
    }

    int stdout() {
        return stdout;
    }

    int stderr() {
        return stderr;
    }

    /** Returns our end of the pipe by which the child says that it is ready, or {@link #NONE}. */
    int ready() {
        return ready;
    }

    /** Returns the path of the file for what is captured, if it goes into one. */
    @Nullable
    String file() {
        return file;
    }

    /** Has one more descriptor closed with the others. */
    void closeLater(int descriptor) {
        open.add(descriptor);
    }

    /** Somebody else closes it from now on. */
    void keep(Integer descriptor) {
        open.removeIf(descriptor::equals);
    }

    @Override
    public void close() {
        open.forEach(Kernel::close);
        open.clear();
    }
}
