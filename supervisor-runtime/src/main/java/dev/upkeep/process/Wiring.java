package dev.upkeep.process;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * The descriptors of one start: what the child gets, and what stays with us. Closes all that nobody has taken over; made and
 * closed by the spawn thread.
 */
final class Wiring implements AutoCloseable {
    private final List<Integer> open = new ArrayList<>(6);
    private final List<Libc.Mapped> children = new ArrayList<>(4);
    private final int stdout;
    private final int stderr;

    private Wiring(Arena arena, int devNull) throws CallFailed {
        children.add(new Libc.Mapped(devNull, 0));
        this.stdout = pipeFrom(arena, 1);
        this.stderr = pipeFrom(arena, 2);
    }

    /** Opens what a child needs. */
    @SuppressWarnings("MustBeClosedChecker")
    static Wiring open(Arena arena, Launch launch, int devNull) throws CallFailed {
        return new Wiring(arena, devNull);
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
