package dev.upkeep.process;

import dev.upkeep.api.ReadyBy;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * The descriptors of one start: what the child gets, and what stays with us. Closes all that nobody has taken over; made and
 * closed by the spawn thread.
 */
final class Wiring implements AutoCloseable {
    static final int NONE = -1;

    private final List<Integer> open = new ArrayList<>(6);
    private final List<Libc.Mapped> children = new ArrayList<>(4);
    private final int stdout;
    private final int stderr;
    private final int ready;

    private Wiring(Arena arena, Launch launch, int devNull) throws CallFailed {
        children.add(new Libc.Mapped(devNull, 0));
        this.stdout = pipeFrom(arena, 1);
        this.stderr = pipeFrom(arena, 2);
        if (launch.spec().ready() instanceof ReadyBy.Descriptor(int number)) {
            this.ready = pipeFrom(arena, number);
            keepOff(number);
        } else {
            this.ready = NONE;
        }
    }

    /** Gives those of ours that have the number of a child's descriptor another one, above it. */
    private void keepOff(int number) throws CallFailed {
        for (int i = 0; i < children.size(); i++) {
            Libc.Mapped each = children.get(i);
            if (each.ours() == number && each.theirs() != number) {
                try {
                    int higher = ReadyDescriptor.duplicateAbove(number, number);
                    closeLater(higher);
                    children.set(i, new Libc.Mapped(higher, each.theirs()));
                } catch (CallFailed e) {
                    close();
                    throw e;
                }
            }
        }
    }

    /** Opens what a child needs. */
    @SuppressWarnings("MustBeClosedChecker")
    static Wiring open(Arena arena, Launch launch, int devNull) throws CallFailed {
        return new Wiring(arena, launch, devNull);
    }

    /** Returns our end of a pipe into which the child writes on that descriptor. */
    private int pipeFrom(Arena arena, int theirs) throws CallFailed {
        int[] ends;
        try {
            ends = Kernel.pipe(arena);
        } catch (CallFailed e) {
            close();
            throw e;
        }
        closeLater(ends[0]);
        closeLater(ends[1]);
        children.add(new Libc.Mapped(ends[1], theirs));
        return ends[0];
    }

    /** Returns what the child gets. */
    List<Libc.Mapped> children() {
        return children;
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
