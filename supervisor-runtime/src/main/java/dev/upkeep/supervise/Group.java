package dev.upkeep.supervise;

import java.util.ArrayList;
import java.util.List;

/** A group restart under way: members go down, the wait passes, members come up. One per supervisor at a time. */
final class Group {
    /** How far it is. */
    enum Phase {
        STOPPING, WAITING, STARTING
    }

    /** Whose failure caused it, for the causes of the others. */
    String failed;
    Phase phase = Phase.STOPPING;
    /** Members to stop, in order. */
    final List<Child> stops = new ArrayList<>();
    /** Members to start, in order. */
    final List<Child> starts = new ArrayList<>();
    long dueAt;
    boolean placeTaken;

    Group(String failed) {
        this.failed = failed;
    }

    boolean has(Child child) {
        return starts.contains(child) || stops.contains(child);
    }

    /** Returns whether the child is a member whose old instance the group itself puts an end to (R9). */
    boolean awaitsEndOf(Child child) {
        return phase != Phase.STARTING && has(child);
    }

    void drop(Child child) {
        stops.remove(child);
        starts.remove(child);
    }
}
