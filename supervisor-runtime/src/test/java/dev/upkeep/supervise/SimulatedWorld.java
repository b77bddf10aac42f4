package dev.upkeep.supervise;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Ending;
import dev.upkeep.api.SpecDiff;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildKind;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.time.Timers.Cancellable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The world of one simulated tree, under virtual time and on one thread: children that do what their scripts say, the
 * real breakers, timers, and requests. It keeps its own books on all of them.
 */
@SuppressWarnings("EnumOrdinal") // an array by kind of timer, as the core has it
final class SimulatedWorld {
    private static final Outcome RETURNED = new Outcome.Returned();
    private static final Outcome KILLED = new Outcome.Exited(ExitStatus.ofSignal(9, false));
    private static final Outcome INTERRUPTED = new Outcome.Threw(new InterruptedException(), "interrupted");
    private static final Outcome CRASHED = new Outcome.Threw(new IllegalStateException("crash"), "crash");
    private static final OptionalLong PID = OptionalLong.of(4711);
    private static final VarHandle CORE = secret(Tree.class, "core", Core.class);

    /** How the instances of one child behave. */
    static final class Script {
        long startTakes;
        boolean startHangs;
        @Nullable
        Cause refusesStart;
        boolean shortage;
        long readyAfter;
        boolean everReady = true;
        long stopTakes;
        boolean ignoresStop;
        boolean ignoresKill;
        Outcome stopOutcome = RETURNED;
        /** So many of the next instances crash, each after so long. */
        int crashes;
        long crashAfter;
        /** How long every other permit takes to arrive. */
        long permitTakes;
        int permits;
    }

    /** One place in the tree: how its instances behave, the one that lives, and its timers. */
    static final class Actor {
        final ChildPath path;
        Script script = new Script();
        @Nullable
        Run run;
        /** The last timer of each kind, and whether it is still meant. */
        final @Nullable Timer[] timers = new Timer[Timer.Kind.values().length];
        final @Nullable Due[] dues = new Due[Timer.Kind.values().length];
        int pending;

        Actor(ChildPath path) {
            this.path = path;
        }

        /** Returns whether a timer of that kind has come, or was taken back. */
        boolean isOld(int kind) {
            return timers[kind] != null && (pending & 1 << kind) == 0;
        }
    }

    /** One instance that lives. */
    static final class Run {
        final InstanceId instance;
        final ChildSpec spec;
        final Actor actor;
        int place;
        boolean told;
        boolean stopAsked;
        @Nullable
        StopRule rule;
        boolean leaderGone;
        boolean revoked;
        boolean over;

        Run(InstanceId instance, ChildSpec spec, Actor actor) {
            this.instance = instance;
            this.spec = spec;
            this.actor = actor;
        }
    }

    private static final class Due implements Comparable<Due>, Cancellable {
        final long at;
        final long order;
        final Runnable task;
        boolean cancelled;

        Due(long at, long order, Runnable task) {
            this.at = at;
            this.order = order;
            this.task = task;
        }

        @Override
        public int compareTo(Due other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    final Tree tree;
    final Core core;
    final Counts counts;
    final Invariants invariants;
    final Map<ChildPath, Actor> actors = new HashMap<>();
    final List<Run> live = new ArrayList<>();
    final VirtualBreakers breakers;
    /** Requests that nobody has answered yet. */
    final BitSet open = new BitSet();
    final List<String> told;
    final boolean tells;
    @Nullable
    Ending ending;
    long now = 1_000_000_000_000L;
    long events;
    /** How late timers come. */
    long late;
    private final PriorityQueue<Due> due = new PriorityQueue<>();
    private final ArrayDeque<Consultation> questions = new ArrayDeque<>();
    private long orders;
    private int requests;
    private int cancelled;

    SimulatedWorld(TreeSpec spec, long seed, Counts counts, boolean tells) {
        this.tree = new Tree(spec, RealPlugins.SHARED, seed);
        this.core = (Core) CORE.get(tree);
        this.counts = counts;
        this.tells = tells;
        this.told = new ArrayList<>();
        this.breakers = new VirtualBreakers(this, spec, seed);
        this.invariants = new Invariants(this, spec);
    }

    static VarHandle secret(Class<?> of, String name, Class<?> type) {
        try {
            return MethodHandles.privateLookupIn(of, MethodHandles.lookup()).findVarHandle(of, name, type);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("the simulation looks at " + of.getSimpleName() + "." + name, e);
        }
    }

    Actor actor(ChildPath path) {
        return actors.computeIfAbsent(path, Actor::new);
    }

    void tell(String text) {
        if (tells) {
            told.add(text);
        }
    }

    // ---- what happens

    void send(Event event) {
        if (ending != null) {
            return;
        }
        events++;
        invariants.before(event);
        decide(event);
        // The core stands still until plugins have answered; nothing else can happen before.
        for (Consultation next = questions.poll(); next != null && ending == null; next = questions.poll()) {
            Event.Advised advised = next.ask();
            invariants.advised(advised);
            decide(advised);
        }
        invariants.after(event);
    }

    private void decide(Event event) {
        List<Action> actions = tree.decide(event, now);
        if (tells) {
            tell("    [" + (now - 1_000_000_000_000L) / 1_000_000 + " ms] " + words(event));
        }
        for (Action action : actions) {
            if (tells) {
                tell("        " + words(action));
            }
            Invariants.demand(ending == null, "S8: no action follows the end", core.root);
            invariants.act(action);
            perform(action);
        }
    }

    private static String words(Event event) {
        return switch (event) {
            case Event.Add add -> "Add to " + add.parent().shortValue() + " "
                    + add.specs().stream().map(ChildSpec::id).toList();
            case Event.Scale scale -> "Scale " + scale.pool().shortValue() + " to " + scale.members().size();
            case Event.Apply apply -> "Apply " + apply.diff().changes();
            default -> event.toString();
        };
    }

    /** Specs are told once, at the top of the story. */
    private String words(Action action) {
        return switch (action) {
            case Action.Start start -> "Start " + start.instance();
            case Action.Stop stop -> "Stop " + stop.instance();
            case Action.Kill kill -> "Kill " + kill.instance();
            case Action.Revoke revoke -> "Revoke " + revoke.instance();
            case Action.BeginChecks begin -> "BeginChecks " + begin.instance();
            case Action.SetTimer set ->
                "SetTimer " + set.timer().kind() + " " + set.timer().path().shortValue()
                        + " in " + (set.timer().at() - now) / 1_000_000 + " ms";
            case Action.CancelTimer cancel -> "CancelTimer " + cancel.timer().kind() + " "
                    + cancel.timer().path().shortValue();
            case Action.Forget forget -> "Forget " + forget.path().shortValue();
            case Action.SpecApplied applied -> "SpecApplied";
            case Action.Consult consult -> "Consult about " + consult.consultation().about();
            case Action.Emit emit ->
                emit.kind() + " " + emit.path().shortValue() + "#" + emit.generation() + " "
                        + emit.text();
            default -> action.toString();
        };
    }

    Cancellable later(long nanos, Runnable task) {
        Due entry = new Due(Turn.later(now, nanos), ++orders, task);
        due.add(entry);
        return entry;
    }

    /** Lets that much time pass, with all that happens meanwhile. */
    void advance(long nanos) {
        long end = now + nanos;
        int steps = 0;
        for (Due next = due.peek(); next != null && next.at <= end; next = due.peek()) {
            due.poll();
            if (!next.cancelled) {
                now = Math.max(now, next.at);
                next.task.run();
                Invariants.demand(++steps < 200_000, "something goes on without end", core.root);
            }
        }
        now = Math.max(now, end);
    }

    /** Nothing runs while the supervisor itself stands still; then everything is late at once. */
    void pause(long nanos) {
        now += nanos;
    }

    /** A person asks; what is asked after the end the loop answers. */
    void ask(Event.Verb verb, ChildPath path) {
        if (ending != null) {
            return;
        }
        open.set(++requests);
        send(new Event.Asked(requests, verb, path, "test"));
    }

    void add(ChildPath parent, List<ChildSpec> specs) {
        open.set(++requests);
        breakers.port.create(parent, specs);
        send(new Event.Add(requests, parent, specs, "test"));
    }

    void scale(ChildPath pool, List<ChildSpec> members) {
        open.set(++requests);
        send(new Event.Scale(requests, pool, members, "test"));
    }

    void apply(TreeSpec basis, TreeSpec spec) {
        open.set(++requests);
        breakers.port.prepare(spec);
        send(new Event.Apply(requests, basis, spec, SpecDiff.between(basis, spec), "test"));
    }

    /** The instance ends, or the last of its group if its leader has ended before. */
    void ended(Run run, Outcome outcome) {
        if (run.over || ending != null) {
            return;
        }
        boolean leaderGone = run.leaderGone;
        bury(run);
        if (leaderGone) {
            send(new Event.Gone(run.instance));
        } else {
            invariants.outcome(run, outcome);
            send(new Event.Ended(run.instance, outcome, List.of(), false));
        }
        invariants.buried(run);
    }

    /** The leader ends, members of its process group stay. */
    void leaderEnded(Run run, Outcome outcome) {
        run.leaderGone = true;
        invariants.outcome(run, outcome);
        send(new Event.Ended(run.instance, outcome, List.of(), true));
    }

    boolean lives(InstanceId instance) {
        for (Run run : live) {
            if (run.instance.equals(instance)) {
                return true;
            }
        }
        return false;
    }

    private void bury(Run run) {
        run.over = true;
        Run last = live.removeLast();
        if (last != run) {
            live.set(run.place, last);
            last.place = run.place;
        }
        if (run.actor.run == run) {
            run.actor.run = null;
        }
    }

    // ---- what the core wants

    private void perform(Action action) {
        switch (action) {
            case Action.Start start -> start(start.instance(), start.spec());
            case Action.Stop stop -> stop(actor(stop.instance().path()), stop.rule());
            case Action.Kill kill -> kill(actor(kill.instance().path()));
            case Action.Consult consult -> questions.add(consult.consultation());
            case Action.Revoke revoke -> {
                Run run = actor(revoke.instance().path()).run;
                if (run != null) {
                    run.revoked = true;
                }
            }
            case Action.BeginChecks begin -> beginChecks(begin.instance(), begin.spec());
            case Action.EndChecks end -> {
            }
            case Action.Acquire acquire -> breakers.acquire(acquire);
            case Action.Report report -> breakers.reported(report);
            case Action.ResetBreaker reset -> breakers.port.reset(reset.breaker());
            case Action.SetTimer set -> setTimer(set.timer());
            case Action.CancelTimer cancel -> cancelTimer(cancel.timer());
            case Action.Forget forget -> breakers.forget(forget);
            case Action.SpecApplied applied -> breakers.port.applied(applied.spec());
            case Action.Emit emit -> {
            }
            case Action.Answer answer -> {
                Invariants.demand(open.get((int) answer.request()), "A1: a request is answered once",
                        core.root);
                open.clear((int) answer.request());
            }
            case Action.TreeStarted() -> {
            }
            case Action.TreeEnded(Ending how) -> {
                Invariants.demand(ending == null, "S8: the tree ends once", core.root);
                ending = how;
            }
        }
    }

    private void setTimer(Timer timer) {
        Actor actor = actor(timer.path());
        int kind = timer.kind().ordinal();
        actor.timers[kind] = timer;
        actor.pending |= 1 << kind;
        actor.dues[kind] = null;
        if (timer.at() != Long.MAX_VALUE) {
            Due entry = new Due(timer.at() + late, ++orders, () -> fire(actor, timer));
            actor.dues[kind] = entry;
            due.add(entry);
        }
    }

    /** Mostly it does not come; now and then it was on its way already. */
    private void cancelTimer(Timer timer) {
        Actor actor = actor(timer.path());
        int kind = timer.kind().ordinal();
        Invariants.demand(actor.timers[kind] == timer, "only what was set is taken back", timer.child);
        actor.pending &= ~(1 << kind);
        Due entry = actor.dues[kind];
        if (entry != null && ++cancelled % 8 != 0) {
            entry.cancel();
        }
    }

    void fire(Actor actor, Timer timer) {
        int bit = 1 << timer.kind().ordinal();
        if (timer == actor.timers[timer.kind().ordinal()] && (actor.pending & bit) != 0) {
            actor.pending &= ~bit;
        } else {
            invariants.mustDoNothing();
        }
        send(new Event.TimerDue(timer));
    }

    private void start(InstanceId instance, ChildSpec spec) {
        Actor actor = actor(instance.path());
        Run run = new Run(instance, spec, actor);
        run.place = live.size();
        live.add(run);
        actor.run = run;
        Script script = actor.script;
        if (!script.startHangs) {
            later(script.startTakes, () -> {
                if (run.over) {
                    return;
                }
                Cause refusal = script.refusesStart;
                if (refusal != null) {
                    bury(run);
                    send(new Event.StartRefused(instance, refusal, script.shortage));
                    if (!script.shortage) {
                        invariants.buried(run);
                    }
                } else {
                    run.told = true;
                    send(new Event.Started(instance,
                            spec.kind() == ChildKind.PROCESS ? PID : OptionalLong.empty()));
                    if (script.crashes > 0) {
                        script.crashes--;
                        later(script.crashAfter, () -> ended(run, CRASHED));
                    }
                }
            });
        }
    }

    private void beginChecks(InstanceId instance, ChildSpec spec) {
        Script script = actor(instance.path()).script;
        if (spec.hasReadiness() && script.everReady) {
            later(script.readyAfter, () -> send(new Event.ReadyChanged(instance, true)));
        }
    }

    private void stop(Actor actor, StopRule rule) {
        Run run = actor.run;
        if (run != null && !run.stopAsked) {
            run.stopAsked = true;
            run.rule = rule;
            if (!actor.script.ignoresStop) {
                later(actor.script.stopTakes, () -> ended(run, actor.script.stopOutcome));
            }
        }
    }

    private void kill(Actor actor) {
        Run run = actor.run;
        if (run != null && !actor.script.ignoresKill) {
            later(0, () -> ended(run, run.spec.kind() == ChildKind.PROCESS ? KILLED : INTERRUPTED));
        }
    }
}
