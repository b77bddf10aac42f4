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
                        "stamps + places >= max", "stamps + places > max"),
                new Mutant("simultaneous failures slip past the budget", Rule.B2, "Budget.java",
                        "stamps + places >= max", "stamps >= max"),
                new Mutant("a restart is stamped when it is decided and no more when it is complete", Rule.B2,
                        "Budget.java",
                        "times[at] = now;", "times[at] = now - withinNanos;"),
                new Mutant("a timer that was taken back is obeyed", Rule.B7, "Turn.java",
                        "            if (meant == timer) {\n                unlink(timer);\n                return true;\n            }\n        }\n        return false;",
                        "            if (meant == timer) {\n                unlink(timer);\n                return true;\n            }\n        }\n        return true;"),
                new Mutant("an event of an earlier run is taken for one of this", Rule.S6, "Tree.java",
                        "child.generation == event.instance().generation()",
                        "child.generation >= event.instance().generation()"),
                new Mutant("a stop that was asked for counts as a crash", Rule.S7, "Ends.java",
                        "case Outcome.Exited(ExitStatus status, var _) -> cause.with(status);",
                        "case Outcome.Exited(ExitStatus status, var _) -> Cause.crashed(status);"),
                new Mutant("children stop while those that depend on them live", Rule.S3, "Stops.java",
                        "|| child.dependents.stream().noneMatch(d -> Tally.canEnd(d.actual))",
                        "|| !child.dependents.isEmpty()"),
                new Mutant("the start gate loses a slot", Rule.B9, "StartGate.java",
                        "child.holdsSlot = false;\n        taken--;",
                        "child.holdsSlot = false;\n        taken -= child.started ? 0 : 1;"),
                new Mutant("the snapshot does not show that a child lost its readiness", Rule.A3,
                        "Tally.java",
                        "Views.changed(child);",
                        "if (child.ready || child.actual != ActualState.RUNNING) { Views.changed(child); }"),
                new Mutant("a permit that comes too late is lost", Rule.B4, "Table.java",
                        "core.breakers.giveBack(late.instance().guard, late.permit());", ""),
                new Mutant("a fatal end is charged to the breaker", Rule.R10, "Failures.java",
                        "fatal ? Action.StartResult.IGNORED : switch",
                        "fatal && cause.kind() == Cause.Kind.REQUESTED ? Action.StartResult.IGNORED : switch"),
                new Mutant("a stop that failed is not answered", Rule.A1, "Ends.java",
                        "private void answerStopped(Child child) {",
                        "private void answerStopped(Child child) {\n if (child.failures > 0) { return; }"),
                new Mutant("a significant child's end leaves its supervisor up", Rule.G2, "Failures.java",
                        "if (!child.spec.significant() || !byItself || !parent.isUp()",
                        "if (!child.spec.significant() || child.failures > 0 || !parent.isUp()"),
                new Mutant("an apply restarts what has not changed", Rule.A5, "Applies.java",
                        "boolean restart = change.kind() == SpecDiff.Kind.RESTARTED;",
                        "boolean restart = true;"),
                new Mutant("an abandoned child gets a second instance beside it", Rule.S5, "Stops.java",
                        "return child.spec.whenAbandoned() == WhenAbandoned.REPLACE && ", "return "),
                new Mutant("what comes after a flapping child waits for it to be steady", Rule.H9,
                        "StartOrder.java",
                        "case READY -> up && first.complete;",
                        "case READY -> up && first.complete && !first.isFlapping();"),
                new Mutant("falls never fade", Rule.H9, "Flapping.java",
                        "return since <= 0 ? penalty :", "return since <= 600_000_000_000L ? penalty :"),
                new Mutant("a child that loses its readiness and is then given up falls twice", Rule.H9,
                        "Falls.java", "if (child.complete && child.ready) {", "if (child.complete) {"),
                new Mutant("a restart on trial that is stopped keeps its place", Rule.HERD, "Herds.java",
                        "leave(child, cause == null",
                        "if (cause == null || cause.kind() == Cause.Kind.REQUESTED) { return; }\n leave(child, cause == null"),
                new Mutant("the door opens wide although nobody waits", Rule.HERD, "Herd.java",
                        "grown += waiting.isEmpty() ? 0 : 1;", "grown++;"),
                new Mutant("one that fails on trial makes room for more", Rule.HERD, "Herds.java",
                        "case FAILURE -> herd.shrink();", "case FAILURE -> herd.grow();"));
    }
}
