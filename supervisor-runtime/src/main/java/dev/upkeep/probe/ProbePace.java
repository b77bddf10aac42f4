package dev.upkeep.probe;

/** What drives the checks: someone who calls {@link ProbeSchedule#sweep} in time, and threads to run them on. */
interface ProbePace extends AutoCloseable {
    /** Asks for a sweep soon, as something may have become due earlier than the last sweep said. Never blocks. */
    void wake();

    /**
     * Runs a body on a thread of its own.
     *
     * @return what interrupts it; does nothing once it has ended
     */
    Runnable run(String name, Runnable body);

    @Override
    void close();
}
