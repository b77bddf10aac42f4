package dev.upkeep.process;

/** Our end of a pipe into which a child writes. What is in it is taken on the output thread. */
abstract class PipeEnd extends Poller.Watch {
    /** What came of taking. */
    enum Taken {
        /** There may be more. */
        SOME,
        /** There is no more at the moment. */
        ALL,
        /** It cannot be taken now, and is left where it is: the child waits. */
        NONE,
        /** There will be no more. */
        END
    }

    private final PosixChild child;

    PipeEnd(int fd, PosixChild child) {
        super(fd);
        this.child = child;
    }

    final PosixChild child() {
        return child;
    }

    /** Takes what is there, but not more than a fair share. */
    abstract Taken take(OutputTools tools);

    /** There will be no more. */
    abstract void ended(OutputTools tools);
}
