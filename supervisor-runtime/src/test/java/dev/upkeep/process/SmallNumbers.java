package dev.upkeep.process;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.Signal;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The program of a test, PID 1 of a namespace in which it chooses the number of the next process: each child gets that of one
 * that is gone, while whoever knew the one that is gone signals it as hard as he can. Prints what came of it.
 */
final class SmallNumbers {
    private static final Path LAST_PID = Path.of("/proc/sys/kernel/ns_last_pid");
    private static final int ROUNDS = 60;

    private final Processes processes;
    private int sameNumber;
    private int wrong;
    private int own;
    private int wrongOwn;

    private SmallNumbers(Processes processes) {
        this.processes = processes;
    }

    public static void main(String[] args) throws Exception {
        PrintStream out = System.out;
        System.setOut(System.err);
        Orphans.adoptAndReap();
        for (GroupAccess access : new GroupAccess[]{GroupAccess.ofThisKernel(), GroupAccess.BY_NUMBER}) {
            try (Processes processes = new PosixProcesses(access)) {
                SmallNumbers numbers = new SmallNumbers(processes);
                for (int i = 0; i < ROUNDS; i++) {
                    numbers.round(1 + i);
                }
                // A thread of the JVM may take the number first; then there was nothing to mistake in that round.
                out.println("numbers reused " + (numbers.sameNumber > ROUNDS / 2) + ", wrong exits "
                        + numbers.wrong
                        + ", strangers " + (numbers.own > ROUNDS / 2) + ", wrong exits of theirs "
                        + numbers.wrongOwn);
                numbers.numberOfALiveGroup(out);
            }
        }
    }

    private void round(int code) throws IOException, InterruptedException {
        RecordedEvents before = new RecordedEvents();
        ChildProcess gone = start(before, "sleep 0.01 & exit " + code);
        before.awaitGone();

        // Another child of ours under the same number.
        nextIs(before.pid());
        RecordedEvents events = new RecordedEvents();
        start(events, "sleep 0.05 & sleep 0.1; exit " + (code + 100));
        awaitStarted(events);
        harass(gone);
        events.awaitTold("gone");
        harass(gone);
        sameNumber += events.pid() == before.pid() ? 1 : 0;
        wrong += before.end().status().code() == code && events.end().status().code() == code + 100 ? 0 : 1;

        // And a stranger: a child of the JVM's own, in nobody's group of ours.
        nextIs(before.pid());
        Process stranger = new ProcessBuilder("setsid", "sh", "-c", "sleep 0.05; exit 9").start();
        harass(gone);
        own += stranger.pid() == before.pid() ? 1 : 0;
        wrongOwn += stranger.waitFor() == 9 ? 0 : 1;
    }

    private static void harass(ChildProcess gone) {
        gone.signal(Signal.SIGTERM, true);
        gone.signal(Signal.SIGTERM, false);
        gone.kill();
    }

    /** While a member of the group lives its number is not given out, and after it what is signalled is nobody. */
    private void numberOfALiveGroup(PrintStream out) throws IOException {
        RecordedEvents events = new RecordedEvents();
        ChildProcess child = start(events, "sleep 60 & exit 2");
        events.awaitTold("leaderEnded");
        nextIs(events.pid());
        RecordedEvents other = new RecordedEvents();
        start(other, "sleep 0.3; exit 8");
        awaitStarted(other);
        out.println("the number of a live group was given out " + (other.pid() == events.pid()));
        child.kill();
        events.awaitGone();
        out.println("the other ended with " + other.awaitGone().end().status());
    }

    /** Without a thread of its own, which would take the number. */
    private static void awaitStarted(RecordedEvents events) {
        while (events.order().isEmpty()) {
            Thread.onSpinWait();
        }
    }

    private static void nextIs(long pid) throws IOException {
        Files.writeString(LAST_PID, Long.toString(pid - 1), StandardOpenOption.WRITE);
    }

    private ChildProcess start(RecordedEvents events, String script) {
        return processes.start(new Launch(new ChildPath("small/numbers"), 1,
                ProcessSpec.of("sh", "-c", script), events), events);
    }
}
