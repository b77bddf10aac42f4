package dev.upkeep.tree;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.WhenAbandoned;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildKind;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.supervise.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Ports whose children do what their scripts say, under virtual time; they throw now and then, and keep books. */
final class SimulatedChildren implements ChildPort, ProbePort {
    static final Outcome RETURNED = new Outcome.Returned();
    static final Outcome CRASHED = new Outcome.Threw(new IllegalStateException("crash"), "crash");
    private static final Outcome KILLED = new Outcome.Exited(ExitStatus.ofSignal(9, false));
    private static final Outcome INTERRUPTED = new Outcome.Threw(new InterruptedException(), "interrupted");
    private static final OptionalLong PID = OptionalLong.of(4711);
    private static final int CALLS_IN_A_STEP = 20_000;

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
        /** So many of the next instances crash, each after so long. */
        int crashes;
        long crashAfter;
        /** So many of the next calls throw, after they have done their work or instead of it. */
        int throwing;
    }

    /** One instance that lives. */
    static final class Run {
        final InstanceId instance;
        final ChildSpec spec;
        boolean told;
        boolean leaderGone;
        boolean revoked;
        boolean over;

        Run(InstanceId instance, ChildSpec spec) {
            this.instance = instance;
            this.spec = spec;
        }
    }

    private final VirtualWorld world;
    private final EventQueue queue;
    final Map<ChildPath, Script> scripts = new HashMap<>();
    final List<Run> live = new ArrayList<>();
    final Map<ChildPath, Long> generations = new HashMap<>();
    final Set<InstanceId> checked = new HashSet<>();
    /** How many calls have thrown; each is one line of log. */
    long thrown;
    long starts;
    boolean treeIsOver;
    private int calls;

    SimulatedChildren(VirtualWorld world, EventQueue queue) {
        this.world = world;
        this.queue = queue;
    }

    Script script(ChildPath path) {
        return scripts.computeIfAbsent(path, p -> new Script());
    }

    void beginStep() {
        calls = 0;
    }

    boolean lives(InstanceId instance) {
        return live.stream().anyMatch(run -> run.instance.equals(instance));
    }

    private void offer(Event event) {
        world.tell(() -> "    " + event);
        queue.offer(event);
    }

    private boolean isCalled(String what, InstanceId instance) {
        world.tell(() -> "        " + what + " " + instance);
        world.demand(!treeIsOver, () -> "S8: nothing is done after the end, but " + what + " " + instance);
        world.demand(++calls < CALLS_IN_A_STEP, () -> "a step that does not end");
        return !world.isViolated();
    }

    private void throwIfItShould(InstanceId instance) {
        Script script = script(instance.path());
        if (script.throwing > 0) {
            script.throwing--;
            thrown++;
            world.tell(() -> "        throws");
            if (script.throwing % 2 == 0) {
                throw new IllegalStateException("a port on purpose");
            }
            throw new StackOverflowError("a port on purpose");
        }
    }

    @Override
    public void start(InstanceId instance, ChildSpec spec, Vitals vitals) {
        if (!isCalled("Start", instance)) {
            return;
        }
        starts++;
        Long before = generations.put(instance.path(), instance.generation());
        world.demand(before == null || before < instance.generation(),
                () -> "generations of one child climb: " + instance);
        for (Run run : live) {
            if (run.instance.path().equals(instance.path())) {
                world.demand(run.revoked && spec.whenAbandoned() == WhenAbandoned.REPLACE,
                        () -> "S6: " + instance + " is started while " + run.instance + " lives");
            }
        }
        Run run = new Run(instance, spec);
        instance.handle(run);
        live.add(run);
        Script script = script(instance.path());
        if (!script.startHangs) {
            if (script.startTakes == 0) {
                come(run, script);
            } else {
                world.later(script.startTakes, () -> come(run, script));
            }
        }
        throwIfItShould(instance);
    }

    private void come(Run run, Script script) {
        if (run.over) {
            return;
        }
        Cause refusal = script.refusesStart;
        if (refusal != null) {
            bury(run);
            offer(new Event.StartRefused(run.instance, refusal, script.shortage));
            return;
        }
        run.told = true;
        offer(new Event.Started(run.instance,
                run.spec.kind() == ChildKind.PROCESS ? PID : OptionalLong.empty()));
        if (script.crashes > 0) {
            script.crashes--;
            world.later(script.crashAfter, () -> end(run, CRASHED));
        }
    }

    /** It ends, or the last of its group if its leader has ended before. */
    void end(Run run, Outcome outcome) {
        if (run.over) {
            return;
        }
        bury(run);
        offer(run.leaderGone
                ? new Event.Gone(run.instance)
                : new Event.Ended(run.instance, outcome, List.of("last words"), false));
    }

    void endLeader(Run run, Outcome outcome) {
        run.leaderGone = true;
        offer(new Event.Ended(run.instance, outcome, List.of(), true));
    }

    private void bury(Run run) {
        run.over = true;
        live.remove(run);
    }

    private static @Nullable Run runOf(InstanceId instance) {
        return instance.handle() instanceof Run run && !run.over ? run : null;
    }

    @Override
    public void stop(InstanceId instance, StopRule rule, boolean save) {
        if (!isCalled("Stop", instance)) {
            return;
        }
        throwIfItShould(instance);
        Run run = runOf(instance);
        Script script = script(instance.path());
        if (run == null || script.ignoresStop) {
            return;
        }
        if (script.stopTakes == 0) {
            end(run, RETURNED);
        } else {
            world.later(script.stopTakes, () -> end(run, RETURNED));
        }
    }

    @Override
    public void kill(InstanceId instance) {
        if (!isCalled("Kill", instance)) {
            return;
        }
        throwIfItShould(instance);
        Run run = runOf(instance);
        if (run != null && !script(instance.path()).ignoresKill) {
            world.later(0, () -> end(run, run.spec.kind() == ChildKind.PROCESS ? KILLED : INTERRUPTED));
        }
    }

    @Override
    public void revoke(InstanceId instance) {
        Run run = runOf(instance);
        if (isCalled("Revoke", instance) && run != null) {
            run.revoked = true;
        }
    }

    @Override
    public void forget(ChildPath path) {
        world.demand(!treeIsOver, () -> "S8: nothing is forgotten after the end");
        world.demand(live.stream().noneMatch(run -> run.instance.path().equals(path)),
                () -> "S5: " + path + " is forgotten while an instance of it lives");
    }

    @Override
    public void begin(InstanceId instance, ChildSpec spec, Vitals vitals, OptionalLong pid) {
        if (!isCalled("BeginChecks", instance)) {
            return;
        }
        world.demand(checked.add(instance), () -> "checks of " + instance + " begin once");
        Script script = script(instance.path());
        if (spec.hasReadiness() && script.everReady) {
            world.later(script.readyAfter, () -> offer(new Event.ReadyChanged(instance, true)));
        }
        throwIfItShould(instance);
    }

    @Override
    public void end(InstanceId instance) {
        if (isCalled("EndChecks", instance)) {
            checked.remove(instance);
            throwIfItShould(instance);
        }
    }
}
