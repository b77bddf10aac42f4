package dev.upkeep.process;

/** A call into the kernel or the C library that returned an error. */
final class CallFailed extends Exception {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;

    CallFailed(String call, int errno) {
        super(call + ": " + Errno.name(errno));
        this.call = call;
        this.errno = errno;
    }

    String call() {
        return call;
    }

    int errno() {
        return errno;
    }
}
