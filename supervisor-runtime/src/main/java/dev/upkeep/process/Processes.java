package dev.upkeep.process;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts, watches and ends operating system processes. Both implementations hold one contract test. */
public interface Processes extends AutoCloseable {
    /**
     * Asks for a start and returns at once; the spawn happens on a spawner thread.
     *
     * <p>Exactly one of {@link ProcessEvents#started} and {@link ProcessEvents#refused} is reported. After
     * {@code started} come {@link ProcessEvents#leaderEnded} exactly once and then {@link ProcessEvents#gone} exactly
     * once, unless this is closed before.
     *
     * @param events called for this start alone, one call at a time
     */
    ChildProcess start(Launch launch, ProcessEvents events);

    /**
     * Has a thread that could start a child do this at once, if one has nothing to do; otherwise does nothing. What it starts
     * meanwhile it starts itself, when this is done: no other thread has to be woken for that.
     *
     * @param decision may be kept by somebody's code for long, but not for long by anything else
     * @return whether it is done
     */
    default boolean lend(Runnable decision) {
        return false;
    }

    /** Returns how it is done here, for a person: {@code "posix_spawn, pidfd, epoll"} or {@code "ProcessBuilder"}. */
    String description();

    /**
     * Stops the threads of this and closes its descriptors; kills nothing. A child that lives on keeps its output
     * as it is: on Linux nothing breaks, and it waits when 64 KiB are full; elsewhere it finds the other end closed. Starts asked for later are refused, and nothing is reported of those that still ran.
     */
    @Override
    void close();

    /**
     * Returns the best there is on this host: on Linux (x86-64, aarch64) the one over the kernel's own calls, if
     * native access is granted and the calls are there, otherwise the portable one. Says at INFO why the portable one.
     */
    static Processes forThisHost() {
        Logger log = LoggerFactory.getLogger(Processes.class);
        try {
            return PosixProcesses.open();
        } catch (UnsupportedOperationException | LinkageError | IllegalCallerException e) {
            log.atInfo()
                    .addKeyValue("why", reason(e))
                    .log("processes are started through ProcessBuilder: one or more threads for each, no process groups");
            return new PortableProcesses();
        }
    }

    private static String reason(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest.getMessage() == null ? deepest.toString() : deepest.getMessage();
    }
}
