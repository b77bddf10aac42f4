package dev.upkeep.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.FatalSignal;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.HealthStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One run of a story in one tree. After every event all that must always hold is looked at. */
final class Simulation {
    final World world;
    final Invariants invariants;
    final List<String> told = new ArrayList<>();
    private final TreeSpec spec;
    private final List<Child> leaves;
    private final List<Child> all;
    private final List<Long> asked = new ArrayList<>();

    Simulation(long seed) {
        spec = RandomTree.of(seed);
        world = new World(spec, seed);
        invariants = new Invariants(world);
        world.afterEach = w -> invariants.check();
        all = invariants.core.children.values()
                .stream()
                .filter(c -> c.parent != null)
                .sorted(Comparator.comparing(c -> c.path.value()))
                .toList();
        leaves = all.stream().filter(c -> !(c instanceof Branch)).toList();
    }

    /** Runs the story, lets the world become friendly and quiet, and shuts down. */
    void run(List<Step> steps) {
        tell("start");
        world.started();
        for (Step step : steps) {
            if (world.ending != null) {
                break;
            }
            if (!leaves.isEmpty()) {
                happen(step);
            }
        }
        if (world.ending == null) {
            calm();
        }
        if (world.ending == null) {
            tell("shutdown");
            world.shutdown();
            world.advance(spec.shutdownTimeout());
        }
        assertThat(world.ending).as("S8: the tree has ended by its deadline").isNotNull();
        // Those that were killed at the deadline are named too: nobody has seen them end.
        assertThat(world.ending().leftRunning()).as("S8: what is left is named")
                .containsAll(world.live.keySet());
        if (world.ending().leftRunning().isEmpty()) {
            assertThat(world.replies.keySet()).as("A1: every request is answered").containsAll(asked);
        }
    }

    private void calm() {
        tell("calm");
        world.scripts.values().forEach(script -> {
            script.startTakes = Duration.ZERO;
            script.refusesStart = null;
            script.readyAfter = Duration.ZERO;
            script.everReady = true;
            script.ignoresStop = false;
            script.ignoresKill = false;
            script.stopTakes = Duration.ZERO;
        });
        List.copyOf(world.live.values()).forEach(run -> {
            Child child = invariants.core.children.get(run.instance().path());
            if (world.ending == null && child != null && !child.actual.equals(ActualState.RUNNING)) {
                world.ended(run.instance(), new Outcome.Returned());
            }
        });
        world.seconds(7200);
        if (world.ending == null) {
            invariants.checkQuiet();
        }
    }

    private void tell(String text) {
        told.add(text);
    }

    private <T> @Nullable T pick(List<T> from, int number) {
        return from.isEmpty() ? null : from.get(number % from.size());
    }

    private World.@Nullable Run livePick(int number) {
        return pick(world.live.values()
                .stream()
                .sorted(Comparator.comparing(r -> r.instance().path().value()))
                .toList(), number);
    }

    private void happen(Step step) {
        int how = step.how();
        Child leaf = leaves.get(step.whom() % leaves.size());
        World.Run run = livePick(step.whom());
        switch (step.kind()) {
            case TIME -> {
                tell("advance " + Duration.ofNanos(step.nanos()));
                world.advance(Duration.ofNanos(step.nanos()));
            }
            case JUMP -> {
                tell("jump " + Duration.ofNanos(step.nanos()));
                world.now += step.nanos();
            }
            case END, END_TOO -> {
                if (run != null) {
                    Outcome outcome = outcome(how);
                    tell("end " + run.instance() + " " + outcome);
                    world.ended(run.instance(), outcome);
                    if (step.kind() == Step.Kind.END) {
                        world.advance(Duration.ZERO);
                    }
                }
            }
            case SCRIPT -> script(leaf.path, how, step.nanos());
            case UNHEALTHY -> {
                if (run != null) {
                    tell("unhealthy " + run.instance());
                    world.send(new Event.FoundUnhealthy(run.instance(), "check", "bad"));
                }
            }
            case READY -> {
                if (run != null && invariants.child(run).started && run.spec().hasReadiness()) {
                    tell("ready " + (how % 2) + " " + run.instance());
                    world.send(new Event.ReadyChanged(run.instance(), how % 2 == 0));
                }
            }
            case HEALTH -> {
                if (run != null) {
                    HealthStatus status = HealthStatus.values()[how % HealthStatus.values().length];
                    tell("health " + run.instance() + " " + status);
                    world.send(new Event.HealthChanged(run.instance(), status, "so"));
                }
            }
            case VERB -> {
                Child child = all.get(step.whom() % all.size());
                Event.Verb verb = Event.Verb.values()[how % Event.Verb.values().length];
                tell(verb + " " + child.path.shortValue());
                invariants.forgetBudgets();
                asked.add(world.ask(verb, child.path.shortValue()));
            }
            case BREAKER -> breaker(step);
            case STALE -> stale(leaf, how);
            case MEMBERS_LEFT -> {
                if (run != null && run.spec().kind() == dev.upkeep.api.child.ChildKind.PROCESS
                        && invariants.child(run).started) {
                    tell("leader of " + run.instance() + " ends");
                    world.send(new Event.Ended(run.instance(), outcome(how), List.of(), true));
                }
            }
            case SHUTDOWN -> {
                tell("shutdown");
                world.shutdown();
            }
        }
    }

    private static Outcome outcome(int how) {
        return switch (how % 8) {
            case 0, 1 -> new Outcome.Returned();
            case 2 -> new Outcome.Exited(ExitStatus.ofCode(0));
            case 3 -> new Outcome.Exited(ExitStatus.ofCode(3));
            case 4 -> how % 3 == 0
                    ? new Outcome.Threw(new FatalSignal("no"))
                    : new Outcome.Exited(ExitStatus.ofSignal(9, false));
            default -> new Outcome.Threw(new IllegalStateException("crash"));
        };
    }

    private void script(ChildPath path, int how, long nanos) {
        World.Script script = world.script(path.shortValue());
        Duration time = Duration.ofNanos(nanos / 4);
        switch (how % 9) {
            case 0 -> script.startTakes = time;
            case 1 -> {
                script.refusesStart = Cause.startFailed("no");
                script.shortage = false;
            }
            case 2 -> {
                script.refusesStart = Cause.startFailed("EAGAIN");
                script.shortage = true;
                invariants.forgetBudgets();
            }
            case 3 -> script.readyAfter = time;
            case 4 -> script.everReady = !script.everReady;
            case 5 -> script.stopTakes = time;
            case 6 -> script.ignoresStop = !script.ignoresStop;
            case 7 -> script.ignoresKill = !script.ignoresKill;
            default -> {
                script.refusesStart = null;
                script.startTakes = Duration.ZERO;
            }
        }
        tell("script " + path.shortValue() + " " + how % 9 + " " + time);
    }

    private void breaker(Step step) {
        List<String> names = all.stream()
                .map(c -> c.breaker)
                .filter(java.util.Objects::nonNull)
                .distinct()
                .toList();
        String name = pick(names, step.whom());
        if (name != null) {
            BreakerState state = BreakerState.values()[step.how() % BreakerState.values().length];
            world.trials = step.how() % 3;
            tell("breaker " + name + " " + state);
            world.breaker(name, state,
                    state == BreakerState.OPEN
                            ? Optional.of(Duration.ofNanos(step.nanos()))
                            : Optional.empty());
        }
    }

    /** Something of an earlier run, or of this one when it is over, comes late or twice. */
    private void stale(Child leaf, int how) {
        boolean lives = world.live.containsKey(leaf.path);
        long generation = leaf.generation - (lives ? 1 + how % 2 : how % 2);
        if (generation < 1) {
            return;
        }
        InstanceId old = new InstanceId(leaf.path, generation);
        tell("stale " + how % 6 + " of " + old);
        world.send(switch (how % 6) {
            case 0 -> new Event.Started(old, OptionalLong.of(1));
            case 1 -> new Event.Gone(old);
            case 2 -> new Event.ReadyChanged(old, true);
            case 3 -> new Event.FoundUnhealthy(old, "check", "late");
            case 4 -> new Event.StartRefused(old, Cause.startFailed("late"), how % 2 == 0);
            default -> new Event.Ended(old, outcome(how), List.of(), how % 4 == 0);
        });
    }
}
