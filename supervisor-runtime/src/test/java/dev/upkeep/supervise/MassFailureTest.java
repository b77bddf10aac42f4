package dev.upkeep.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.api.time.Timers.Cancellable;
import dev.upkeep.tree.Breakers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;

/**
 * A thousand children die at once, because the one thing they all need goes away, and comes back: what is wasted meanwhile,
 * and how soon all are up again. Under virtual time, with the real breaker, strategy and back-off.
 */
class MassFailureTest {
    private static final int CHILDREN = 1_000;
    private static final int SEEDS = 20;
    private static final int SEEDS_COMPARED = 5;
    /** The start gate of a machine with four processors. */
    private static final int GATE = 8;
    private static final Duration DIES_AFTER = Duration.ofMillis(200);
    private static final Duration SHORT_OUTAGE = Duration.ofSeconds(30);
    private static final Duration LONG_OUTAGE = Duration.ofSeconds(300);
    private static final Duration MARGIN = Duration.ofSeconds(10);

    /**
     * What came of one outage.
     *
     * @param wasted starts while the thing was away
     * @param recovery from its return until all are up, to stay
     * @param trial how long the breaker was open the last time, jitter left out: one trial interval
     */
    private record Outage(int wasted, Duration recovery, Duration trial) {
        boolean isWithinTrialInterval() {
            return recovery.compareTo(trial.plus(MARGIN)) <= 0;
        }
    }

    @Test
    void b9_c6_aThousandChildrenThatLoseWhatTheyAllNeedWasteFewStartsAndAreSoonBack() {
        StringBuilder table = new StringBuilder(String.format(Locale.ROOT,
                "%d children, %d and %d seeds | away | wasted starts: median, worst | recovery: median, worst | within a trial interval + 10 s%n",
                CHILDREN, SEEDS, SEEDS_COMPARED));
        for (Duration away : List.of(SHORT_OUTAGE, LONG_OUTAGE)) {
            List<Outage> guarded = outages(guarded(), away, SEEDS);
            List<Outage> jitter = outages(jitterAlone(), away, SEEDS_COMPARED);
            row(table, "gate and shared breaker", away, guarded);
            row(table, "jitter alone", away, jitter);

            assertThat(guarded).allSatisfy(outage -> {
                assertThat(outage.wasted()).isLessThan(150);
                assertThat(outage.recovery())
                        .isLessThanOrEqualTo(MARGIN.plus(outage.trial()).plus(BreakerUse.DEFAULT_STABLE_FOR));
            });
            assertThat(jitter).as("what this is worth")
                    .allSatisfy(o -> assertThat(o.wasted()).isGreaterThan(3_000));
        }
        System.out.println(table);
    }

    private static List<Outage> outages(TreeSpec spec, Duration away, int seeds) {
        List<Outage> all = new ArrayList<>();
        for (long seed = 1; seed <= seeds; seed++) {
            all.add(new Shop(spec, seed).loses(away));
        }
        return all;
    }

    private static void row(StringBuilder table, String what, Duration away, List<Outage> outages) {
        List<Integer> wasted = outages.stream().map(Outage::wasted).sorted().toList();
        List<Duration> recovery = outages.stream().map(Outage::recovery).sorted().toList();
        long within = outages.stream().filter(Outage::isWithinTrialInterval).count();
        table.append(String.format(Locale.ROOT, "%-30s | %3ds | %13d, %13d | %9.1fs, %9.1fs | %s%n", what,
                away.toSeconds(), wasted.get(outages.size() / 2), wasted.getLast(),
                recovery.get(outages.size() / 2).toMillis() / 1e3, recovery.getLast().toMillis() / 1e3,
                what.startsWith("jitter") ? "-" : within + " of " + SEEDS));
    }

    private static TreeSpec guarded() {
        return children(Supervisor.named("shop").breaker("db", BreakerUse.DEFAULT), true, GATE);
    }

    /** Nothing but the back-off: a budget that is never used up, no gate, no breaker. */
    private static TreeSpec jitterAlone() {
        return children(Supervisor.named("shop").intensity(1_000_000, Duration.ofSeconds(1)), false,
                CHILDREN);
    }

    private static TreeSpec children(SupervisorBuilder shop, boolean guarded, int gate) {
        for (int i = 0; i < CHILDREN; i++) {
            shop.child("c" + i, c -> {
                c.process("serve");
                if (guarded) {
                    c.breaker(BreakerUse.shared("db"));
                }
            });
        }
        return shop.maxConcurrentStarts(gate).build();
    }

    /** The tree, and a world in which processes start at once and die soon while the thing is away. */
    private static final class Shop {
        private record Due(long at, long order, Runnable task) {}

        private static final Outcome DIED = new Outcome.Exited(ExitStatus.ofCode(1));

        private final Tree tree;
        private final Breakers breakers;
        private final PriorityQueue<Due> due = new PriorityQueue<>(
                Comparator.comparingLong(Due::at).thenComparingLong(Due::order));
        private final Deque<Consultation> questions = new ArrayDeque<>();
        private final Map<ChildPath, InstanceId> live = new HashMap<>();
        private long now;
        private long orders;
        private boolean away;
        private int started;
        private Duration lastOpen = Duration.ZERO;
        private int openings;
        private long epoch;
        /** How many of those that live were started while the thing was away. */
        private int dying;

        Shop(TreeSpec spec, long seed) {
            tree = new Tree(spec, RealPlugins.SHARED, seed);
            breakers = new Breakers(event -> later(0, () -> send(event)), () -> now, (delay, task) -> {
                boolean[] cancelled = {false};
                later(Durations.saturatedNanos(delay), () -> {
                    if (!cancelled[0]) {
                        task.run();
                    }
                });
                Cancellable cancel = () -> cancelled[0] = true;
                return cancel;
            }, seed, task -> later(0, task), Runnable::run, RealPlugins.SHARED::breaker, tree::specOf);
            breakers.create(spec, Map.of());
        }

        Outage loses(Duration outage) {
            send(new Event.StartTree());
            // Long enough for every start to have been reported as a success.
            advance(Duration.ofMinutes(5));
            assertThat(live).hasSize(CHILDREN);
            away = true;
            started = 0;
            List.copyOf(live.values()).forEach(this::die);
            advance(outage);
            away = false;
            int wasted = started;
            long back = now;
            long up = back;
            while (!allUpToStay()) {
                assertThat(now - back).as("recovers at all").isLessThan(Duration.ofMinutes(20).toNanos());
                advance(Duration.ofMillis(10));
                up = now;
            }
            return new Outage(wasted, Duration.ofNanos(up - back), lastOpen);
        }

        /** Whoever was started while the thing was away still dies. */
        private boolean allUpToStay() {
            return live.size() == CHILDREN && dying == 0;
        }

        private void die(InstanceId instance) {
            live.remove(instance.path());
            send(new Event.Ended(instance, DIED, List.of(), false));
        }

        private void later(long nanos, Runnable task) {
            due.add(new Due(Turn.later(now, nanos), ++orders, task));
        }

        private void advance(Duration time) {
            long end = now + time.toNanos();
            while (!due.isEmpty() && due.peek().at() <= end) {
                Due next = due.poll();
                now = Math.max(now, next.at());
                next.task().run();
            }
            now = end;
        }

        private void send(Event event) {
            if (event instanceof Event.BreakerChanged(CircuitBreaker.View view) && view.epoch() > epoch) {
                epoch = view.epoch();
                if (view.state() == BreakerState.OPEN) {
                    // 30 s, twice as long each time, ten minutes at most; chance takes a part of it (C3).
                    lastOpen = Duration.ofSeconds(Math.min(600, 30L << Math.min(openings, 10)));
                    openings++;
                }
            }
            decide(event);
            for (Consultation next = questions.poll(); next != null; next = questions.poll()) {
                decide(next.ask());
            }
        }

        private void decide(Event event) {
            for (Action action : tree.decide(event, now)) {
                switch (action) {
                    case Action.Start start -> start(start.instance());
                    case Action.Consult consult -> questions.add(consult.consultation());
                    case Action.Acquire acquire -> breakers.acquire(acquire.breaker(), acquire.instance(),
                            acquire.byHand(), acquire.lease());
                    case Action.Report report ->
                        breakers.report(report.breaker(), report.permit(), report.result());
                    case Action.SetTimer set ->
                        later(set.timer().at() - now, () -> send(new Event.TimerDue(set.timer())));
                    default -> {
                    }
                }
            }
        }

        private void start(InstanceId instance) {
            started++;
            live.put(instance.path(), instance);
            later(0, () -> send(new Event.Started(instance, OptionalLong.of(1))));
            if (away) {
                dying++;
                later(DIES_AFTER.toNanos(), () -> {
                    dying--;
                    die(instance);
                });
            }
        }
    }
}
