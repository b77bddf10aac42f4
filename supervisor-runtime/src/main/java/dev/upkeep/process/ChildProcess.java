package dev.upkeep.process;

import dev.upkeep.api.child.Signal;
import java.util.OptionalLong;

/**
 * A process that was asked for. Every method may be called from any thread, does not block, may be called again and
 * does nothing once the process and its group are gone.
 */
public interface ChildProcess {
    /** Returns its number while there is one: from the spawn until the leader was reaped and the group is empty. */
    OptionalLong pid();

    /** Returns the number of the process that it named as its main one, {@link #pid} unless it did (P9). */
    default OptionalLong mainPid() {
        return pid();
    }

    /**
     * Sends the signal and then SIGCONT, so that a stopped process reacts (P5). Before the spawn is finished it is
     * remembered and sent right after.
     *
     * @param group whether it goes to the whole process group and not to its leader alone. Once the leader has ended
     *         it goes to the group in either case, because nobody else is left to be asked.
     */
    void signal(Signal signal, boolean group);

    /** Sends SIGKILL to the leader and its group; before the spawn is finished, right after it. */
    void kill();
}
