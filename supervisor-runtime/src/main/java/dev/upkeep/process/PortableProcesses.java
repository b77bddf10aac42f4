package dev.upkeep.process;

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Processes through {@link ProcessBuilder}, for hosts without the Linux calls. Costs a thread and three descriptors
 * for each process.
 *
 * <p>What it cannot do: there are no process groups, so "the group" is what {@link ProcessHandle#descendants} finds at
 * the moment of the signal, and members that stay after a leader which ended by itself are not seen; the program is
 * named by its path in {@code argv[0]}; an exit by signal 9 and the exit code 137 are the same; other signals than
 * SIGTERM and SIGKILL need the {@code kill} tool; a user, limits and the like, a cgroup or a ready rule are refused; what a descendant writes after the exit may be lost, because the JDK
 * drains and closes the pipe then.
 */
final class PortableProcesses implements Processes {
    private final Map<String, byte[]> inherited = Environment.ofThisProcess();
    private final AtomicBoolean closed = new AtomicBoolean();
    /** One call to a sink at a time. */
    private final Object outputLock = new Object();

    @Override
    public ChildProcess start(Launch launch, ProcessEvents receiver) {
        ChildEvents events = new ChildEvents(launch, receiver);
        PortableChild child = new PortableChild(launch, events, inherited, outputLock, closed::get);
        Thread.ofVirtual().name("spawn-" + launch.path()).start(child::spawn);
        return child;
    }

    @Override
    public String description() {
        return "ProcessBuilder";
    }

    @Override
    public void close() {
        closed.set(true);
    }
}
