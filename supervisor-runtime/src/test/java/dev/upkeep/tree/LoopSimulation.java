package dev.upkeep.tree;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.CompletedSignal;
import dev.upkeep.api.FatalSignal;
import dev.upkeep.api.PoolSpec;
import dev.upkeep.api.SpecDiff;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildKind;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.supervise.Outcome;
import dev.upkeep.supervise.Stories;
import dev.upkeep.tree.SimulatedChildren.Run;
import dev.upkeep.tree.SimulatedChildren.Script;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One story in one tree, through the real loop and the real breakers, on one thread and under virtual time. */
final class LoopSimulation {
    /** One thing that happens, to someone chosen by the number from those it can happen to at that moment. */
    record Deed(int kind, int whom, int how, long nanos) {}

    private static final int DEEDS = 120;
    private static final long QUIET = 7200_000_000_000L;
    private static final long WALL = 1_700_000_000L;
    /** Where tickers begin: they may be below zero. */
    private static final long[] ORIGINS = {1_000_000_000_000L, 0, -5_000_000_000_000_000L};
    private static final Event.Verb[] VERBS = Event.Verb.values();
    private static final HealthStatus[] HEALTH = HealthStatus.values();
    private static final Outcome FATAL = new Outcome.Threw(new FatalSignal("no"), "no");
    private static final Outcome DONE = new Outcome.Threw(new CompletedSignal("done"), "done");
    private static final RuntimeException TROUBLE = new IllegalStateException("no answer");

    final VirtualWorld world;
    final SimulatedChildren children;
    final SeenFromOutside seen;
    final TreeLoop loop;
    private final Breakers breakers;
    /** How many faults of ports the loop has logged. */
    long logged;
    long steps;

    LoopSimulation(long seed, boolean tells) {
        TreeSpec spec = Stories.tree(seed);
        world = new VirtualWorld(ORIGINS[(int) (seed % ORIGINS.length)], tells);
        loop = TreeLoop.stepping(spec, Stories.plugins(), world::now,
                () -> Instant.ofEpochSecond(WALL, world.sinceTheBeginning()), seed);
        children = new SimulatedChildren(world, loop);
        seen = new SeenFromOutside(world, loop, children);
        breakers = new Breakers(loop, world::now,
                (delay, task) -> world.later(Durations.saturatedNanos(delay), task), seed,
                task -> world.later(0, task), Runnable::run, Stories::breaker, loop::specOf);
        breakers.create(spec, Map.of());
        SplittableRandom random = new SplittableRandom(seed);
        loop.snapshot().walk().filter(c -> c.kind() != ChildKind.SUPERVISOR).forEach(leaf -> {
            if (random.nextInt(4) == 0) {
                script(leaf.path(), random.nextInt(1 << 20), random.nextInt(1 << 20) * 10_000L);
            }
        });
    }

    static List<Deed> story(long seed) {
        SplittableRandom random = new SplittableRandom(seed * 31 + 11);
        List<Deed> deeds = new ArrayList<>(DEEDS);
        for (int i = 0; i < DEEDS; i++) {
            // From ten milliseconds to a hundred seconds, each length of time as likely as the tenfold.
            long nanos = (long) (Math.exp(random.nextDouble() * 9.2 - 4.6) * 1e9);
            deeds.add(new Deed(random.nextInt(100), random.nextInt(1 << 20), random.nextInt(1 << 20), nanos));
        }
        return deeds;
    }

    void run(List<Deed> deeds) {
        loop.start(new Ports(children, children, children, breakers));
        step();
        for (Deed deed : deeds) {
            if (!loop.ended().isDone()) {
                happen(deed);
                world.throwViolation();
            }
        }
        step();
        if (!loop.ended().isDone()) {
            calm();
        }
        if (!loop.ended().isDone()) {
            shutdown();
            advance(Durations.saturatedNanos(loop.spec().shutdownTimeout()));
        }
        seen.checkEnd();
        breakers.close();
        world.throwViolation();
    }

    /** Lets the loop do what there is to do, and looks at it from all sides. */
    private void step() {
        steps++;
        children.beginStep();
        loop.step();
        children.treeIsOver = loop.ended().isDone();
        seen.check();
        world.demand(logged == children.thrown,
                () -> "ports threw " + children.thrown + " times, and " + logged + " were logged");
        world.throwViolation();
    }

    private void advance(long nanos) {
        world.advance(nanos, loop, this::step);
    }

    private void calm() {
        world.tell(() -> "calm");
        children.scripts.clear();
        for (Run run : List.copyOf(children.live)) {
            if (run.revoked || !stateOf(run).equals(ActualState.RUNNING)) {
                children.end(run, SimulatedChildren.RETURNED);
            }
        }
        step();
        advance(QUIET);
    }

    private ActualState stateOf(Run run) {
        return loop.snapshot()
                .find(run.instance.path())
                .map(ChildStatus::actual)
                .orElse(ActualState.ABANDONED);
    }

    private void shutdown() {
        world.tell(() -> "shutdown");
        loop.offer(new Event.ShutdownAsked("test"));
        step();
        seen.shutdownAsked();
    }

    private void happen(Deed deed) {
        int how = deed.how();
        Run run = children.live.isEmpty() ? null : children.live.get(deed.whom() % children.live.size());
        ChildStatus child = pick(deed.whom());
        int kind = deed.kind();
        if (kind < 24) {
            world.tell(() -> "time " + deed.nanos() / 1_000_000 + " ms");
            advance(deed.nanos());
        } else if (kind < 40) {
            if (run != null) {
                children.end(run, outcome(run, how));
            }
        } else if (kind < 50) {
            world.tell(() -> "script " + child.path().shortValue() + " " + how % 12);
            script(child.path(), how, deed.nanos());
        } else if (kind < 54) {
            children.script(child.path()).throwing = 1 + how % 3;
            world.tell(() -> "calls that throw for " + child.path().shortValue());
        } else if (kind < 70) {
            Event.Verb verb = VERBS[how % VERBS.length];
            world.tell(() -> verb + " " + child.path().shortValue());
            seen.asked(verb + " " + child.path(), loop.ask(verb, child.path(), "test"));
        } else if (kind < 75) {
            if (run != null && run.told) {
                ofTheLive(run, how);
            }
        } else if (kind < 80) {
            stale(deed);
        } else if (kind < 83) {
            disturb(deed);
        } else if (kind < 87) {
            add(child, deed);
        } else if (kind < 89) {
            scale(child, how);
        } else if (kind < 91) {
            apply(deed);
        } else if (kind < 93) {
            world.tell(() -> "pause " + deed.nanos() / 1_000_000 + " ms");
            world.pause(deed.nanos());
            step();
        } else if (kind == 93) {
            seen.listen(false, how % 2 == 0);
        } else if (kind == 94 && how % 40 == 0) {
            shutdown();
        } else {
            step();
        }
        // The rest comes in a burst with what follows.
        if (how % 3 != 0) {
            step();
        }
    }

    private ChildStatus pick(int number) {
        List<ChildStatus> all = loop.snapshot().walk().toList();
        return all.get(number % all.size());
    }

    private void ofTheLive(Run run, int how) {
        switch (how % 4) {
            case 0 -> loop.offer(new Event.FoundUnhealthy(run.instance, "check", "bad"));
            case 1 ->
                loop.offer(new Event.HealthChanged(run.instance, HEALTH[how / 4 % HEALTH.length], "so"));
            case 2 -> {
                if (run.spec.hasReadiness()) {
                    loop.offer(new Event.ReadyChanged(run.instance, how / 4 % 2 == 0));
                }
            }
            default -> {
                if (run.spec.kind() == ChildKind.PROCESS && !run.leaderGone) {
                    children.endLeader(run, outcome(run, how / 4));
                }
            }
        }
    }

    private static Outcome outcome(Run run, int how) {
        if (run.spec.kind() == ChildKind.PROCESS) {
            return new Outcome.Exited(
                    how % 5 == 0 ? ExitStatus.ofSignal(9, false) : ExitStatus.ofCode(how % 3 == 0 ? 0 : 3));
        }
        return how % 13 == 0
                ? FATAL
                : how % 13 == 1
                        ? DONE
                        : how % 3 == 0 ? SimulatedChildren.RETURNED : SimulatedChildren.CRASHED;
    }

    private void script(ChildPath path, int how, long nanos) {
        Script script = children.script(path);
        long time = nanos / 4;
        switch (how % 12) {
            case 0 -> script.startTakes = time;
            case 1 -> refuse(script, false);
            case 2 -> refuse(script, true);
            case 3 -> script.readyAfter = time;
            case 4 -> script.everReady = !script.everReady;
            case 5 -> script.stopTakes = time;
            case 6 -> script.ignoresStop = !script.ignoresStop;
            case 7 -> {
                script.ignoresStop = true;
                script.ignoresKill = !script.ignoresKill;
            }
            case 8, 9 -> {
                script.crashes = 1 + how / 12 % 8;
                script.crashAfter = time / 10;
            }
            case 10 -> script.startHangs = !script.startHangs;
            default -> {
                script.refusesStart = null;
                script.startTakes = 0;
                script.startHangs = false;
            }
        }
    }

    private static void refuse(Script script, boolean shortage) {
        script.refusesStart = Cause.startFailed(shortage ? "EAGAIN" : "no");
        script.shortage = shortage;
    }

    /** Something of an earlier run comes late or twice, and changes nothing that anyone can see. */
    private void stale(Deed deed) {
        List<ChildPath> known = children.generations.keySet().stream().sorted().toList();
        if (known.isEmpty()) {
            return;
        }
        step();
        ChildPath path = known.get(deed.whom() % known.size());
        InstanceId old = new InstanceId(path,
                children.generations.getOrDefault(path, 0L) - deed.how() / 8 % 2);
        if (loop.ended().isDone() || old.generation() < 1 || children.lives(old)) {
            return;
        }
        Event event = switch (deed.how() % 8) {
            case 0 -> new Event.Started(old, OptionalLong.of(1));
            case 1 -> new Event.Gone(old);
            case 2 -> new Event.ReadyChanged(old, true);
            case 3 -> new Event.FoundUnhealthy(old, "check", "late");
            case 4 -> new Event.StartRefused(old, Cause.startFailed("late"), deed.whom() % 2 == 0);
            case 5 -> new Event.HealthChanged(old, HealthStatus.UNHEALTHY, "late");
            case 6 -> new Event.Refused(old);
            default -> new Event.Ended(old, SimulatedChildren.CRASHED, List.of(), deed.whom() % 2 == 0);
        };
        world.tell(() -> "late " + event);
        ChildStatus before = loop.snapshot();
        long starts = children.starts;
        loop.offer(event);
        step();
        world.demand(loop.snapshot().equals(before) && children.starts == starts,
                () -> "S6: what is late does nothing: " + event);
    }

    /** A program calls through a shared breaker, well or not; or a person resets it. */
    private void disturb(Deed deed) {
        List<String> names = loop.spec().breakers().keySet().stream().sorted().toList();
        String name = names.get(deed.whom() % names.size());
        world.tell(() -> "breaker " + name + " " + deed.how() % 7 + " " + deed.how() % 3);
        breakers.find(name).ifPresent(breaker -> {
            if (deed.how() % 7 == 0) {
                breaker.reset();
            } else {
                breaker.tryAcquire().ifPresent(permit -> {
                    if (deed.how() % 3 == 0) {
                        permit.success();
                    } else {
                        permit.failure(TROUBLE);
                    }
                });
            }
        });
    }

    private void add(ChildStatus child, Deed deed) {
        ChildPath parent = child.kind() == ChildKind.SUPERVISOR || deed.how() % 10 == 0
                ? child.path()
                : child.path().parent().orElseThrow();
        List<ChildSpec> specs = Stories.added(deed.nanos() + deed.how(), depthOf(parent));
        world.tell(() -> "add to " + parent.shortValue() + " " + specs.stream().map(ChildSpec::id).toList());
        breakers.create(parent, specs);
        seen.asked("add to " + parent, loop.request(number -> new Event.Add(number, parent, specs, "test")));
    }

    private static int depthOf(ChildPath path) {
        return path.parent().map(above -> 1 + depthOf(above)).orElse(1);
    }

    private void scale(ChildStatus child, int how) {
        ChildPath parent = child.path().parent().orElse(child.path());
        @Nullable
        PoolSpec pool = loop.specOf(parent)
                .map(ChildSpec::work)
                .orElse(loop.spec().root()) instanceof SupervisorSpec rules
                        ? rules.pools().get("p")
                        : null;
        List<ChildSpec> members = pool == null ? List.of() : pool.members(how / 3 % 6);
        world.tell(() -> "scale " + parent.shortValue() + " to " + members.size());
        breakers.create(parent, members);
        seen.asked("scale of " + parent,
                loop.request(number -> new Event.Scale(number, parent.child("p"), members, "test")));
    }

    /** Two in one burst: the second is taken from a spec that is not the last any more. */
    private void apply(Deed deed) {
        TreeSpec basis = loop.spec();
        TreeSpec spec = Stories.edited(deed.nanos() + deed.how(), basis);
        SpecDiff diff = SpecDiff.between(basis, spec);
        world.tell(() -> "apply " + diff.changes());
        breakers.prepare(spec);
        seen.asked("apply", loop.request(number -> new Event.Apply(number, basis, spec, diff, "test")));
    }
}
