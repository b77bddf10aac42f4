package dev.upkeep.supervise;

import dev.upkeep.api.child.ActualState;
import java.util.ArrayList;
import java.util.List;

/**
 * A group restart under way: members go down, the wait passes, members come up. One per supervisor at a time. Who is a member
 * is marked on the children, so that a step of one does not look at all the others.
 */
final class Group {
    /** How far it is. */
    enum Phase {
        STOPPING, WAITING, STARTING
    }

    /** Whose failure caused it, for the causes of the others. */
    String failed;
    Phase phase = Phase.STOPPING;
    // In order. Whoever is not marked any more has left.
    private final List<Child> stops = new ArrayList<>();
    private final List<Child> starts = new ArrayList<>();
    /** Those before it in the lists need not be looked at again in this phase. */
    private int stopped;
    private int begun;
    private boolean allAsked;
    /** Whether its members are being asked to stop at the moment. */
    boolean advancing;
    long dueAt;
    boolean placeTaken;

    Group(String failed) {
        this.failed = failed;
    }

    /** Members to stop, in order; those that left are among them, unmarked. */
    List<Child> stops() {
        return stops;
    }

    /** Members to start, in order; those that left are among them, unmarked. */
    List<Child> starts() {
        return starts;
    }

    void setMembers(List<Child> toStop, List<Child> toStart) {
        clear();
        stops.addAll(toStop);
        starts.addAll(toStart);
        stops.forEach(c -> c.groupStops = true);
        starts.forEach(c -> c.groupStarts = true);
    }

    void clear() {
        clearStops();
        starts.forEach(c -> c.groupStarts = false);
        starts.clear();
        begun = 0;
    }

    void clearStops() {
        stops.forEach(c -> c.groupStops = false);
        stops.clear();
        stopped = 0;
        allAsked = false;
        begun = 0;
    }

    static boolean has(Child child) {
        return child.groupStarts || child.groupStops;
    }

    /** Returns whether the child is a member whose old instance the group itself puts an end to (R9). */
    boolean awaitsEndOf(Child child) {
        return phase != Phase.STARTING && has(child);
    }

    static void drop(Child child) {
        child.groupStops = false;
        child.groupStarts = false;
    }

    /** Returns whether all members are gone whose end the group waits for (R6). */
    boolean isDown() {
        while (stopped < stops.size()
                && !(stops.get(stopped).groupStops && Tally.canEnd(stops.get(stopped).actual))) {
            stopped++;
        }
        while (begun < starts.size() && !(starts.get(begun).groupStarts
                && starts.get(begun).actual == ActualState.STOPPING)) {
            begun++;
        }
        return stopped == stops.size() && begun == starts.size();
    }

    /** Returns those to ask for their end now: the next one, or without a sequence all, once. */
    List<Child> nextToStop(boolean sequential) {
        List<Child> next = new ArrayList<>();
        if (allAsked) {
            return next;
        }
        allAsked = !sequential;
        for (int i = stopped; i < stops.size() && (next.isEmpty() || !sequential); i++) {
            Child member = stops.get(i);
            if (member.groupStops && Tally.canEnd(member.actual)) {
                next.add(member);
            }
        }
        return next;
    }

    /** Returns whether all members are up. */
    boolean isUp() {
        while (begun < starts.size() && (!starts.get(begun).groupStarts || starts.get(begun).complete)) {
            begun++;
        }
        // One that was up may have failed since; that is looked at once, when all seem to be up.
        return begun == starts.size() && starts.stream().allMatch(c -> !c.groupStarts || c.complete);
    }

}
