package dev.upkeep.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.ChildBuilder;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Ending;
import dev.upkeep.api.Reply;
import dev.upkeep.api.SpecDiff;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.SupervisorSpec.AutoShutdown;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.WhenAbandoned;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildKind;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.GroupPlan;
import dev.upkeep.api.restart.RestartStrategy;
import dev.upkeep.api.restart.Sibling;
import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A world for the core under virtual time: children do what their scripts say, and nothing takes real time. */
final class World {
    /** How the instances of one child behave; changed by a test at any moment. */
    static final class Script {
        Duration startTakes = Duration.ZERO;
        @Nullable
        Cause refusesStart;
        boolean shortage;
        Duration readyAfter = Duration.ZERO;
        boolean everReady = true;
        Duration stopTakes = Duration.ZERO;
        boolean ignoresStop;
        boolean ignoresKill;
        Outcome stopOutcome = new Outcome.Returned();
    }

    record Run(InstanceId instance, ChildSpec spec) {}

    record Due(long at, long order, Runnable task) {}

    final Tree tree;
    final Map<ChildPath, Script> scripts = new HashMap<>();
    final Map<ChildPath, Run> live = new HashMap<>();
    /** Abandoned instances that another one was started beside (S5). */
    final Map<InstanceId, Run> beside = new HashMap<>();
    final List<Action.Emit> emitted = new ArrayList<>();
    final List<String> order = new ArrayList<>();
    final Map<Long, Reply> replies = new HashMap<>();
    final Map<String, CircuitBreaker.View> breakers = new HashMap<>();
    final List<Action.Report> reports = new ArrayList<>();
    final List<InstanceId> checked = new ArrayList<>();
    @Nullable
    Ending ending;
    /** Those that were to save their state before they stopped. */
    final List<InstanceId> saving = new ArrayList<>();
    final List<ChildPath> forgotten = new ArrayList<>();
    boolean treeStarted;
    /** How many starts a half-open breaker lets through from now on. */
    int trials = Integer.MAX_VALUE;
    Consumer<World> afterEach = w -> {};
    long now = 1_000_000_000_000L;
    private final PriorityQueue<Due> due = new PriorityQueue<>(
            Comparator.comparingLong(Due::at).thenComparingLong(Due::order));
    private final Set<InstanceId> stopping = new HashSet<>();
    private final Set<InstanceId> revoked = new HashSet<>();
    private final Deque<Event> advised = new ArrayDeque<>();
    private long orders;
    private long requests;
    private long permits;

    World(TreeSpec spec) {
        this(spec, 1);
    }

    World(TreeSpec spec, long seed) {
        this.tree = new Tree(spec, PLUGINS, seed);
    }

    World started() {
        send(new Event.StartTree());
        return advance(Duration.ZERO);
    }

    Script script(String id) {
        return scripts.computeIfAbsent(path(id), p -> new Script());
    }

    ChildPath path(String id) {
        return new ChildPath("shop/" + id);
    }

    ChildStatus status(String id) {
        return view().find(path(id))
                .orElseThrow(() -> new AssertionError("no child " + id + " in " + view()));
    }

    ActualState state(String id) {
        return status(id).actual();
    }

    ChildStatus view() {
        return tree.view(now, Instant.ofEpochSecond(0, now));
    }

    long generation(String id) {
        return status(id).generation();
    }

    Ending ending() {
        if (ending == null) {
            throw new AssertionError("the tree has not ended");
        }
        return ending;
    }

    Reply reply(long request) {
        Reply reply = replies.get(request);
        if (reply == null) {
            throw new AssertionError("no answer to request " + request);
        }
        return reply;
    }

    Run run(String id) {
        Run run = live.get(path(id));
        if (run == null) {
            throw new AssertionError("no live instance of " + id);
        }
        return run;
    }

    // ---- what happens

    void send(Event event) {
        advised.add(event);
        // What the plugins say comes before any other event.
        for (Event next = advised.poll(); next != null; next = advised.poll()) {
            for (Action action : tree.decide(next, now)) {
                perform(action);
            }
        }
        afterEach.accept(this);
    }

    void later(Duration delay, Runnable task) {
        due.add(new Due(now + delay.toNanos(), ++orders, task));
    }

    /** Lets that much time pass, with all that happens meanwhile. */
    World advance(Duration time) {
        long end = now + time.toNanos();
        int steps = 0;
        while (!due.isEmpty() && due.peek().at() <= end) {
            Due next = due.poll();
            now = Math.max(now, next.at());
            next.task().run();
            assertThat(++steps).as("steps without end").isLessThan(1_000_000);
        }
        now = end;
        return this;
    }

    World seconds(long seconds) {
        return advance(Duration.ofSeconds(seconds));
    }

    boolean isQuiet() {
        return due.isEmpty();
    }

    /** The live instance of the child throws. */
    void crash(String id) {
        end(path(id), new Outcome.Threw(new IllegalStateException("crash of " + id)));
    }

    void finish(String id) {
        end(path(id), new Outcome.Returned());
    }

    void exit(String id, int code) {
        end(path(id), new Outcome.Exited(ExitStatus.ofCode(code)));
    }

    void end(ChildPath path, Outcome outcome) {
        ended(run(path.shortValue()).instance(), outcome);
        advance(Duration.ZERO);
    }

    void unhealthy(String id, String reason) {
        send(new Event.FoundUnhealthy(run(id).instance(), "check", reason));
        advance(Duration.ZERO);
    }

    long ask(Event.Verb verb, String id) {
        send(new Event.Asked(++requests, verb, path(id), "test"));
        advance(Duration.ZERO);
        return requests;
    }

    /** Adds a child; to the root if the parent is empty. */
    long add(String parent, String id, Consumer<ChildBuilder> how) {
        return add(parent, b -> b.child(id, how));
    }

    long add(String parent, Consumer<SupervisorBuilder> children) {
        SupervisorBuilder builder = Supervisor.named("any").autoShutdown(AutoShutdown.ANY_SIGNIFICANT);
        children.accept(builder);
        return add(parent, builder.build().root().children());
    }

    long add(String parent, List<ChildSpec> specs) {
        send(new Event.Add(++requests, parent.isEmpty() ? new ChildPath("shop") : path(parent), specs,
                "test"));
        advance(Duration.ZERO);
        return requests;
    }

    /** Scales a pool of the root, or of a supervisor below it: {@code sub/worker}. */
    long scale(String pool, int size) {
        ChildPath at = path(pool);
        dev.upkeep.api.SupervisorSpec rules = tree.specOf(at.parent().orElseThrow())
                .map(spec -> (dev.upkeep.api.SupervisorSpec) spec.work())
                .orElseThrow();
        var found = rules.pools().get(at.id());
        if (found == null) {
            throw new AssertionError("no pool " + pool);
        }
        send(new Event.Scale(++requests, at, found.members(size), "test"));
        advance(Duration.ZERO);
        return requests;
    }

    long apply(SupervisorBuilder builder) {
        TreeSpec spec = builder.build();
        send(new Event.Apply(++requests, tree.spec(), spec, SpecDiff.between(tree.spec(), spec), "test"));
        advance(Duration.ZERO);
        return requests;
    }

    /** The abandoned instance of that generation, which another was started beside, ends at last. */
    void endBeside(String id, long generation) {
        InstanceId instance = new InstanceId(path(id), generation);
        assertThat(beside.remove(instance)).as("an instance beside").isNotNull();
        send(new Event.Ended(instance, new Outcome.Returned(), List.of(), false));
        advance(Duration.ZERO);
    }

    void shutdown() {
        send(new Event.ShutdownAsked("test"));
        advance(Duration.ZERO);
    }

    void breaker(String name, BreakerState state, Optional<Duration> trial) {
        CircuitBreaker.View before = breakers.get(name);
        CircuitBreaker.View view = new CircuitBreaker.View(name, before == null ? 1 : before.epoch() + 1,
                state,
                trial.map(d -> now + d.toNanos()), "test");
        breakers.put(name, view);
        send(new Event.BreakerChanged(view));
        advance(Duration.ZERO);
    }

    void ended(InstanceId instance, Outcome outcome) {
        Run run = live.get(instance.path());
        if (run != null && run.instance().equals(instance)) {
            live.remove(instance.path());
            stopping.remove(instance);
            order.add("-" + instance.path().id());
            send(new Event.Ended(instance, outcome, List.of(), false));
        }
    }

    // ---- what the core wants

    private void perform(Action action) {
        assertThat(ending).as("the tree had ended before %s", action).isNull();
        switch (action) {
            case Action.Start start -> start(start.instance(), start.spec());
            case Action.Stop stop -> {
                if (stop.save()) {
                    saving.add(stop.instance());
                }
                stop(stop.instance());
            }
            case Action.Kill kill -> kill(kill.instance(), kill.spec());
            case Action.Revoke revoke -> revoked.add(revoke.instance());
            case Action.BeginChecks begin -> beginChecks(begin.instance(), begin.spec());
            case Action.EndChecks end -> checked.remove(end.instance());
            case Action.Acquire acquire -> acquire(acquire);
            case Action.Report report -> reports.add(report);
            case Action.ResetBreaker reset ->
                later(Duration.ZERO, () -> breaker(reset.breaker(), BreakerState.CLOSED, Optional.empty()));
            case Action.SetTimer set ->
                due.add(new Due(set.timer().at(), ++orders, () -> send(new Event.TimerDue(set.timer()))));
            case Action.CancelTimer cancel -> {
                // It comes all the same: the core must not care.
            }
            case Action.Consult consult -> advised.add(consult.consultation().ask());
            case Action.Forget forget -> forgotten.add(forget.path());
            case Action.SpecApplied applied -> {
            }
            case Action.Emit emit -> emitted.add(emit);
            case Action.Answer answer ->
                assertThat(replies.put(answer.request(), answer.reply())).as("second answer").isNull();
            case Action.TreeStarted() -> treeStarted = true;
            case Action.TreeEnded(Ending how) -> {
                assertThat(ending).as("second end").isNull();
                ending = how;
            }
        }
    }

    private void start(InstanceId instance, ChildSpec spec) {
        Run before = live.get(instance.path());
        if (before != null && spec.whenAbandoned() == WhenAbandoned.REPLACE
                && revoked.contains(before.instance())) {
            live.remove(instance.path());
            beside.put(before.instance(), before);
        }
        assertThat(live).as("S6: a second live instance of %s", instance.path())
                .doesNotContainKey(instance.path());
        live.put(instance.path(), new Run(instance, spec));
        order.add("+" + instance.path().id());
        Script script = scripts.computeIfAbsent(instance.path(), p -> new Script());
        later(script.startTakes, () -> {
            if (!isLive(instance)) {
                return;
            }
            if (script.refusesStart != null) {
                live.remove(instance.path());
                order.add("!" + instance.path().id());
                send(new Event.StartRefused(instance, script.refusesStart, script.shortage));
            } else {
                boolean process = spec.kind() == ChildKind.PROCESS;
                send(new Event.Started(instance, process ? OptionalLong.of(4711) : OptionalLong.empty()));
            }
        });
    }

    private void beginChecks(InstanceId instance, ChildSpec spec) {
        checked.add(instance);
        Script script = scripts.computeIfAbsent(instance.path(), p -> new Script());
        if (spec.hasReadiness() && script.everReady) {
            later(script.readyAfter, () -> send(new Event.ReadyChanged(instance, true)));
        }
    }

    private boolean isLive(InstanceId instance) {
        Run run = live.get(instance.path());
        return run != null && run.instance().equals(instance);
    }

    private void stop(InstanceId instance) {
        Script script = scripts.computeIfAbsent(instance.path(), p -> new Script());
        if (isLive(instance) && stopping.add(instance)) {
            order.add("~" + instance.path().id());
            if (!script.ignoresStop) {
                later(script.stopTakes, () -> ended(instance, script.stopOutcome));
            }
        }
    }

    private void kill(InstanceId instance, ChildSpec spec) {
        Script script = scripts.computeIfAbsent(instance.path(), p -> new Script());
        if (!script.ignoresKill) {
            boolean process = spec.kind() == ChildKind.PROCESS;
            later(Duration.ZERO, () -> ended(instance, process
                    ? new Outcome.Exited(ExitStatus.ofSignal(9, false))
                    : new Outcome.Threw(new InterruptedException())));
        }
    }

    private void acquire(Action.Acquire acquire) {
        CircuitBreaker.View view = breakers.get(acquire.breaker());
        boolean open = view != null
                && (view.state() == BreakerState.OPEN || view.state() == BreakerState.FORCED_OPEN);
        boolean spent = view != null && view.state() == BreakerState.HALF_OPEN && trials-- <= 0;
        Event answer = (open || spent) && !acquire.byHand()
                ? new Event.Refused(acquire.instance())
                : new Event.Permitted(acquire.instance(), ++permits);
        later(Duration.ZERO, () -> send(answer));
    }

    // ---- what a test looks at

    List<String> takeOrder() {
        List<String> taken = List.copyOf(order);
        order.clear();
        return taken;
    }

    List<String> texts(EventKind kind) {
        return emitted.stream()
                .filter(e -> e.kind() == kind)
                .map(e -> e.path().shortValue() + ": " + e.text())
                .toList();
    }

    /** The strategies and back-offs of the tests, by the names of the real ones; the real ones are tested where they live. */
    static final Plugins PLUGINS = new Plugins() {
        @Override
        public RestartStrategy strategy(Choice choice) {
            return switch (choice.type()) {
                case "one-for-one" -> (failure, siblings) -> GroupPlan.alone(failure.id());
                case "one-for-all" -> new GroupOf(false);
                case "rest-for-one" -> new GroupOf(true);
                case "broken" -> (failure, siblings) -> {
                    throw new IllegalStateException("broken on purpose");
                };
                case "greedy" ->
                    (failure, siblings) -> new GroupPlan(List.of("stranger"), List.of(failure.id()));
                case "careless" -> (failure, siblings) -> new GroupPlan(List.of(),
                        siblings.stream().map(Sibling::id).toList());
                default -> throw new IllegalArgumentException("no strategy " + choice.type());
            };
        }

        @Override
        public Backoff backoff(Choice choice) {
            return switch (choice.type()) {
                case "immediate" -> attempt -> Duration.ZERO;
                case "exponential" ->
                    attempt -> Duration.ofSeconds(Math.min(60, 1L << Math.min(20, attempt.number() - 1)));
                case "broken" -> attempt -> {
                    throw new IllegalStateException("broken on purpose");
                };
                case "endless" -> attempt -> Duration.ofSeconds(Long.MAX_VALUE);
                case "forgetful" -> new Forgetful();
                default -> throw new IllegalArgumentException("no back-off " + choice.type());
            };
        }
    };

    /** A back-off by someone who does not know what Optional is for. */
    static final class Forgetful implements Backoff {
        @Override
        public Duration delay(Attempt attempt) {
            return Duration.ZERO;
        }

        @Override
        @SuppressWarnings("NullAway")
        public Optional<Duration> resetAfter() {
            return null;
        }
    }

    /** The classic groups: everyone, or those from the failed child on. */
    record GroupOf(boolean onlyLater) implements RestartStrategy {
        @Override
        public GroupPlan plan(dev.upkeep.api.restart.Failure failure, List<Sibling> inStartOrder) {
            List<String> stop = new ArrayList<>();
            List<String> start = new ArrayList<>();
            boolean reached = !onlyLater;
            for (Sibling sibling : inStartOrder) {
                boolean failed = sibling.id().equals(failure.id());
                reached |= failed;
                if (!reached || sibling.desired() != dev.upkeep.api.child.DesiredState.RUNNING) {
                    continue;
                }
                if (!failed && sibling.actual().isLive()) {
                    stop.add(0, sibling.id());
                }
                if (sibling.restart() != dev.upkeep.api.child.RestartType.TEMPORARY) {
                    start.add(sibling.id());
                }
            }
            return new GroupPlan(stop, start);
        }

        @Override
        public boolean sequential() {
            return true;
        }
    }
}
