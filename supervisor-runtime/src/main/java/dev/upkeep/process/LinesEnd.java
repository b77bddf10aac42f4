package dev.upkeep.process;

/** A stream that is cut into lines for a sink. */
final class LinesEnd extends PipeEnd {
    private final ChildStream stream;

    LinesEnd(int fd, PosixChild child, boolean stderr) {
        super(fd, child);
        this.stream = new ChildStream(child.launch(), child.events(), child.lastWords(), stderr);
    }

    @Override
    Taken take(OutputTools tools) {
        int n = tools.read(fd);
        if (n > 0) {
            stream.feed(tools.bytes(), 0, n);
            return n == OutputTools.CHUNK ? Taken.SOME : Taken.ALL;
        }
        return n == -Errno.EAGAIN ? Taken.ALL : Taken.END;
    }

    @Override
    void ended(OutputTools tools) {
        stream.end();
    }
}
