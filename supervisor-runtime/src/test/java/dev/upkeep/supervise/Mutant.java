package dev.upkeep.supervise;

import java.util.List;

/**
 * A fault planted in the core, which the simulation has to find.
 *
 * @param name what is wrong
 * @param breaks the rule it breaks
 * @param file of this package
 * @param healthy the text as it is, exactly once in the file
 * @param sick the text instead of it
 */
record Mutant(String name, Rule breaks, String file, String healthy, String sick) {
    static List<Mutant> all() {
        return List.of(
                new Mutant("the budget allows one restart more", Rule.B2, "Budget.java",
                        "stamps.size() + places >= max", "stamps.size() + places > max"),
                new Mutant("simultaneous failures slip past the budget", Rule.B2, "Budget.java",
                        "stamps.size() + places >= max", "stamps.size() >= max"),
                new Mutant("a timer that is no longer meant is obeyed", Rule.B7, "Turn.java",
                        "child.timers[timer.kind().ordinal()] != timer.serial()",
                        "child.timers[timer.kind().ordinal()] == 0"),
                new Mutant("an event of an earlier run is taken for one of this", Rule.S6, "Tree.java",
                        "child.generation != event.instance().generation()",
                        "child.generation < event.instance().generation()"),
                new Mutant("a stop that was asked for counts as a crash", Rule.S7, "Table.java",
                        "case Outcome.Exited(ExitStatus status) -> cause.with(status);",
                        "case Outcome.Exited(ExitStatus status) -> Cause.crashed(status);"),
                new Mutant("children stop in the order of their start", Rule.S3, "Stops.java",
                        "for (int i = branch.children.size() - 1; i >= 0 && branch.actual == ActualState.STOPPING; i--)",
                        "for (int i = 0; i < branch.children.size() && branch.actual == ActualState.STOPPING; i++)"),
                new Mutant("the start gate loses a slot when a start ends well", Rule.B9, "StartGate.java",
                        "taken--;", "taken -= child.started ? 0 : 1;"),
                new Mutant("the snapshot of a supervisor is not renewed", Rule.A3, "Tally.java",
                        "child.view = null;",
                        "if (child.parent == null || child.actual != child.actual.STARTING) { child.view = null; }"),
                new Mutant("a stop is not answered", Rule.A1, "Stops.java",
                        "private void answerStopped(Child child) {",
                        "private void answerStopped(Child child) {\n if (child.failures > 0) { return; }"),
                new Mutant("an abandoned child gets a second instance beside it", Rule.S5, "Verbs.java",
                        "case ABANDONED -> turn.answer(asked.request(), Reply.Kind.START_FAILED,\n"
                                + "                    name(child)\n"
                                + "                            + \" is abandoned: its old instance still runs, and a second one is not started beside it\");",
                        "case ABANDONED -> core.starts.begin(child, true);"));
    }
}
