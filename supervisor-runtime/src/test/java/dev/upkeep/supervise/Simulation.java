package dev.upkeep.supervise;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.CompletedSignal;
import dev.upkeep.api.FatalSignal;
import dev.upkeep.api.PoolSpec;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildKind;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.supervise.SimulatedWorld.Actor;
import dev.upkeep.supervise.SimulatedWorld.Run;
import dev.upkeep.supervise.SimulatedWorld.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One run of a story in one tree. After every event all that must always hold is looked at. */
final class Simulation {
    private static final int LEAST_STEPS = 25;
    private static final int ENOUGH_EVENTS = 90;
    private static final long SECOND = 1_000_000_000L;
    private static final HealthStatus[] HEALTH = HealthStatus.values();
    private static final Event.Verb[] VERBS = Event.Verb.values();
    private static final Timer.Kind[] TIMERS = Timer.Kind.values();
    private static final Outcome RETURNED = new Outcome.Returned();
    private static final Outcome CRASHED = new Outcome.Threw(new IllegalStateException("crash"), "crash");
    private static final Outcome DONE = new Outcome.Threw(new RuntimeException(new CompletedSignal("done")),
            "done");
    private static final Outcome FATAL = new Outcome.Threw(new FatalSignal("no"), "no");
    private static final Outcome[] CODES = {new Outcome.Exited(ExitStatus.ofCode(0)),
            new Outcome.Exited(ExitStatus.ofCode(3)), new Outcome.Exited(ExitStatus.ofCode(7)),
            new Outcome.Exited(ExitStatus.ofSignal(9, false))};
    private static final Cause REFUSAL = Cause.startFailed("no");
    private static final Cause SHORTAGE = Cause.startFailed("EAGAIN");

    final SimulatedWorld world;
    private final TreeSpec spec;

    Simulation(long seed, Counts counts, boolean tells) {
        spec = RandomTree.of(seed);
        world = new SimulatedWorld(spec, seed, counts, tells);
        // Some have their ways from the beginning.
        long chance = seed * 0x9E3779B97F4A7C15L;
        for (Child leaf : leaves()) {
            chance = chance * 6364136223846793005L + 1442695040888963407L;
            int how = (int) (chance >>> 40);
            if (how % 4 == 0) {
                script(leaf, how / 4, ((chance >>> 20) & 0xFFFFF) * 10_000);
            }
        }
    }

    private List<Child> leaves() {
        return world.invariants.leaves();
    }

    /** Runs the story, lets the world become friendly and quiet, and shuts down. */
    void run(List<Step> steps) {
        world.send(new Event.StartTree());
        world.advance(0);
        int happened = 0;
        for (Step step : steps) {
            if (world.ending != null || ++happened > LEAST_STEPS && world.events >= ENOUGH_EVENTS) {
                break;
            }
            if (!leaves().isEmpty()) {
                happen(step);
            }
        }
        if (world.ending == null) {
            calm();
        }
        if (world.ending == null) {
            shutdown();
            world.late = 0;
            world.advance(Durations.saturatedNanos(spec.shutdownTimeout()));
        }
        world.invariants.checkEnd();
    }

    private void shutdown() {
        world.tell("shutdown");
        world.send(new Event.ShutdownAsked("test"));
        world.advance(0);
    }

    private void calm() {
        world.tell("calm");
        world.late = 0;
        for (Actor actor : world.actors.values()) {
            actor.script = new Script();
        }
        for (Run run : List.copyOf(world.live)) {
            if (world.invariants.child(run.instance.path()).actual != ActualState.RUNNING) {
                world.ended(run, RETURNED);
            }
        }
        world.advance(7200 * SECOND);
        if (world.ending == null) {
            world.invariants.checkQuiet();
        }
    }

    private void tell(Step step, Object what) {
        if (world.tells) {
            world.tell(step.kind() + " " + what);
        }
    }

    private @Nullable Run livePick(int number) {
        return world.live.isEmpty() ? null : world.live.get(number % world.live.size());
    }

    private void happen(Step step) {
        int how = step.how();
        Run run = livePick(step.whom());
        switch (step.kind()) {
            case TIME -> {
                tell(step, step.nanos() / 1_000_000 + " ms");
                world.advance(step.nanos());
            }
            case PAUSE -> {
                tell(step, step.nanos() / 1_000_000 + " ms");
                world.pause(step.nanos());
            }
            case LATE -> {
                world.late = how % 2 == 0 ? 0 : step.nanos() / 100;
                tell(step, world.late / 1_000_000 + " ms");
            }
            case END, END_TOO -> {
                if (run != null) {
                    Outcome outcome = outcome(run, how);
                    tell(step, run.instance + " " + outcome);
                    world.ended(run, outcome);
                    if (step.kind() == Step.Kind.END) {
                        world.advance(0);
                    }
                }
            }
            case SCRIPT -> {
                Child leaf = leaves().get(step.whom() % leaves().size());
                tell(step, leaf.path.shortValue() + " " + how % 12 + " " + step.nanos() / 4_000_000 + " ms");
                script(leaf, how, step.nanos());
            }
            case UNHEALTHY -> {
                if (run != null && run.told) {
                    tell(step, run.instance);
                    world.send(new Event.FoundUnhealthy(run.instance, "check", "bad"));
                }
            }
            case READY -> {
                if (run != null && run.told && run.spec.hasReadiness()) {
                    tell(step, how % 2 + " " + run.instance);
                    world.send(new Event.ReadyChanged(run.instance, how % 2 == 0));
                }
            }
            case FALLS -> falls(step);
            case HEALTH -> {
                if (run != null && run.told) {
                    tell(step, run.instance);
                    world.send(new Event.HealthChanged(run.instance, HEALTH[how % HEALTH.length], "so"));
                }
            }
            case VERB -> {
                List<Actor> gone = world.invariants.gone();
                ChildPath path = how / 5 % 10 == 0 && !gone.isEmpty()
                        ? gone.get(step.whom() % gone.size()).path
                        : pick(all(), step).path;
                Event.Verb verb = VERBS[how % VERBS.length];
                tell(step, verb + " " + path.shortValue());
                world.ask(verb, path);
                if (how % 3 != 0) {
                    world.advance(0);
                }
            }
            case BREAKER -> tell(step, world.breakers.disturb(step.whom(), how));
            case STALE -> stale(step);
            case STALE_TIMER -> staleTimer(step);
            case WORD -> {
                if (run != null) {
                    tell(step, run.instance + " " + how % 3);
                    world.send(word(run.instance, how, step.nanos()));
                }
            }
            case ADD -> {
                Child parent = parent(step);
                List<ChildSpec> specs = new RandomTree(step.nanos() + how).added(depthOf(parent));
                tell(step, parent.path.shortValue());
                world.add(parent.path, specs);
                world.advance(0);
            }
            case SCALE -> {
                Child parent = parent(step);
                PoolSpec pool = parent instanceof Branch branch ? branch.rules.pools().get("p") : null;
                tell(step, parent.path.shortValue());
                world.scale(parent.path.child("p"), pool == null ? List.of() : pool.members(how / 3 % 6));
                world.advance(0);
            }
            case APPLY -> {
                TreeSpec basis = world.tree.spec();
                tell(step, "");
                world.apply(basis, new RandomTree(step.nanos() + how).edited(basis));
                world.advance(0);
            }
            case MEMBERS_LEFT -> {
                if (run != null && run.spec.kind() == ChildKind.PROCESS && run.told && !run.leaderGone) {
                    tell(step, "of " + run.instance);
                    world.leaderEnded(run, outcome(run, how));
                }
            }
            case AGAIN -> again(step);
            case CARRIERS -> {
                tell(step, "");
                world.send(new Event.CarriersBusy(5));
            }
            case SHUTDOWN -> shutdown();
        }
    }

    private void staleTimer(Step step) {
        int kind = step.how() / 3 % TIMERS.length;
        List<Actor> gone = world.invariants.gone();
        Actor actor = null;
        if (step.how() % 5 == 0 && !gone.isEmpty()) {
            actor = gone.get(step.whom() % gone.size());
        } else {
            Child child = rare(all(), step.whom(),
                    c -> world.actor(c.path).isOld(kind) && (step.how() % 3 != 0 || isSeldom(c)));
            actor = child == null ? null : world.actor(child.path);
        }
        for (int i = 0; actor != null && i < TIMERS.length; i++) {
            int one = (kind + i) % TIMERS.length;
            Timer timer = actor.timers[one];
            if (timer != null && actor.isOld(one)) {
                tell(step, timer);
                world.fire(actor, timer);
                return;
            }
        }
    }

    /** Returns a supervisor; sometimes the root, and now and then a child that is none. */
    private Child parent(Step step) {
        Child child = pick(all(), step);
        return step.how() % 10 == 0 || child instanceof Branch
                ? child
                : child.parent == null ? world.core.root : child.parent;
    }

    private static int depthOf(Child child) {
        int depth = 1;
        for (Child above = child.parent; above != null; above = above.parent) {
            depth++;
        }
        return depth;
    }

    /** A child falls until it is flapping, and then it is well for long, or reset, or stopped, or simply goes on. */
    private void falls(Step step) {
        Child child = rare(leaves(), step.whom(),
                c -> c.actual == ActualState.RUNNING && c.ready && c.spec.hasReadiness()
                        && !c.removed);
        if (child == null) {
            return;
        }
        tell(step, child.path.shortValue());
        InstanceId instance = child.instance();
        for (int i = 0; i < 2 + step.how() % 3; i++) {
            world.send(new Event.ReadyChanged(instance, false));
            world.advance(step.nanos() / 10);
            world.send(new Event.ReadyChanged(instance, true));
        }
        switch (step.how() / 3 % 6) {
            case 0 -> world.advance(900 * SECOND);
            case 1 -> world.ask(Event.Verb.RESET, child.path);
            case 2 -> fallsNoMore(child);
            case 3 -> world.ask(Event.Verb.STOP, child.path);
            default -> {
            }
        }
    }

    /** What was set for its flapping comes when it was forgotten, and the child is about to start. */
    private void fallsNoMore(Child child) {
        world.ask(Event.Verb.RESET, child.path);
        world.ask(Event.Verb.STOP, child.path);
        world.advance(0);
        world.ask(Event.Verb.START, child.path);
        Actor actor = world.actor(child.path);
        Timer timer = actor.timers[Timer.Kind.FLAPPING.ordinal()];
        if (timer != null && actor.isOld(Timer.Kind.FLAPPING.ordinal())) {
            world.fire(actor, timer);
        }
    }

    /** A guarded start is called off while its permit is on the way, and begun again; and then it may not end. */
    private void again(Step step) {
        Child child = rare(leaves(), step.whom(), c -> c.breaker != null);
        if (child == null) {
            return;
        }
        Script script = world.actor(child.path).script;
        script.permitTakes = 40 * SECOND;
        script.permits = 0;
        script.ignoresStop = step.how() % 3 == 0;
        script.ignoresKill = script.ignoresStop;
        tell(step, child.path.shortValue());
        world.ask(Event.Verb.STOP, child.path);
        world.advance(0);
        world.ask(Event.Verb.START, child.path);
        world.ask(Event.Verb.STOP, child.path);
        world.ask(Event.Verb.START, child.path);
        world.advance(0);
        world.ask(step.how() % 2 == 0 ? Event.Verb.STOP : Event.Verb.RESET, child.path);
    }

    private List<Child> all() {
        return world.invariants.all();
    }

    /** Returns one of them; every third time one in a state that is seldom met, if there is any. */
    private static Child pick(List<Child> all, Step step) {
        Child rare = step.how() % 3 != 0 ? null : rare(all, step.whom(), Simulation::isSeldom);
        return rare == null ? all.get(step.whom() % all.size()) : rare;
    }

    private static boolean isSeldom(Child child) {
        return switch (child.actual) {
            case QUEUED, ABANDONED, COMPLETED -> true;
            case WAITING, STARTING, RUNNING, STOPPING, BACKOFF, SUSPENDED, STOPPED -> false;
        };
    }

    private static @Nullable Child rare(List<Child> all, int number, Predicate<Child> wanted) {
        for (int i = 0; i < all.size(); i++) {
            Child child = all.get((number + i) % all.size());
            if (wanted.test(child)) {
                return child;
            }
        }
        return null;
    }

    private static Outcome outcome(Run run, int how) {
        if (run.spec.kind() == ChildKind.PROCESS) {
            return CODES[how % 13 == 0 ? 2 : how % 3 == 0 ? 0 : how % 3 == 1 ? 1 : 3];
        }
        return how % 13 == 0 ? FATAL : how % 13 == 1 ? DONE : how % 3 == 0 ? RETURNED : CRASHED;
    }

    private void script(Child leaf, int how, long nanos) {
        Script script = world.actor(leaf.path).script;
        long time = nanos / 4;
        switch (how % 12) {
            case 0 -> script.startTakes = time;
            case 1 -> {
                script.refusesStart = REFUSAL;
                script.shortage = false;
            }
            case 2 -> {
                script.refusesStart = SHORTAGE;
                script.shortage = true;
            }
            case 3 -> script.readyAfter = time;
            case 4 -> script.everReady = !script.everReady;
            case 5 -> script.stopTakes = time;
            case 6 -> script.ignoresStop = !script.ignoresStop;
            case 7 -> {
                script.ignoresStop = true;
                script.ignoresKill = !script.ignoresKill;
            }
            case 8 -> script.permitTakes = nanos;
            case 9 -> {
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

    /** Something of an earlier run, or of this one when it is over, comes late or twice. */
    private void stale(Step step) {
        int how = step.how();
        List<Actor> gone = world.invariants.gone();
        ChildPath path;
        long generation;
        if (how / 7 % 6 == 0 && !gone.isEmpty()) {
            path = gone.get(step.whom() % gone.size()).path;
            generation = world.invariants.lastGeneration(path);
            if (how / 3 % 11 >= 9) {
                late(step, path, how);
                return;
            }
        } else {
            Child leaf = pick(leaves(), step);
            path = leaf.path;
            boolean lives = world.actor(path).run != null;
            // While its breaker is asked, the child has a generation that has not begun yet.
            boolean begun = leaf.actual != ActualState.QUEUED;
            generation = leaf.generation - (lives || !begun ? 1 + how / 24 % 2 : how / 24 % 2);
        }
        InstanceId old = new InstanceId(path, generation);
        if (generation < 1 || world.lives(old)) {
            return;
        }
        Event event = switch (how / 3 % 9) {
            case 0 -> new Event.Started(old, OptionalLong.of(1));
            case 1 -> new Event.Gone(old);
            case 2 -> new Event.ReadyChanged(old, true);
            case 3 -> new Event.FoundUnhealthy(old, "check", "late");
            case 4 -> new Event.StartRefused(old, REFUSAL, how / 48 % 2 == 0);
            case 5 -> new Event.HealthChanged(old, HealthStatus.UNHEALTHY, "late");
            case 6 -> new Event.Refused(old);
            case 7 -> word(old, how / 32, step.nanos());
            default -> new Event.Ended(old, CRASHED, List.of(), how / 48 % 2 == 0);
        };
        tell(step, event);
        if (!(event instanceof Event.Noted)) {
            // What is noted goes into the record, however late it is.
            world.invariants.mustDoNothing();
        }
        world.send(event);
    }

    /** What an instance has to say that does not end it. */
    private static Event word(InstanceId instance, int how, long nanos) {
        return switch (how % 3) {
            case 0 -> new Event.Noted(instance, EventKind.SAVE_FAILED, "disk full");
            case 1 -> new Event.Extended(instance, Duration.ofNanos(nanos));
            default -> new Event.Said(instance, "busy " + how);
        };
    }

    /** A supervisor that is gone, or was never there, is asked for more children; or a save failed after all. */
    private void late(Step step, ChildPath gone, int how) {
        tell(step, gone.shortValue());
        switch (how / 33 % 3) {
            case 0 -> world.add(gone, new RandomTree(how).added(2));
            case 1 -> world.scale(gone.child("p"), List.of());
            default -> world.send(word(
                    new InstanceId(gone, world.invariants.lastGeneration(gone)), how / 99, 1));
        }
    }

    /** Returns how a run that is told of went. */
    List<String> told() {
        List<String> told = new ArrayList<>(world.told);
        if (world.ending != null) {
            told.add("ended: " + world.ending);
        }
        return told;
    }
}
