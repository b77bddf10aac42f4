package dev.upkeep.supervise;

import dev.upkeep.api.After;
import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.ComponentSpec;
import dev.upkeep.api.Intensity;
import dev.upkeep.api.OutputRule;
import dev.upkeep.api.PoolSpec;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.ReadyBy;
import dev.upkeep.api.RunAs;
import dev.upkeep.api.StartRate;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.SupervisorSpec.AutoShutdown;
import dev.upkeep.api.SupervisorSpec.OnGiveUp;
import dev.upkeep.api.SupervisorSpec.OnStartFailure;
import dev.upkeep.api.SupervisorSpec.StartOrder;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.WhenAbandoned;
import dev.upkeep.api.Work;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.AllowForever;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.breaker.CircuitBreakers;
import dev.upkeep.restart.Backoffs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;

/** Makes trees of every shape the rules allow: 10 to 50 children, five levels deep at most. */
final class RandomTree {
    private static final int DEPTH = 5;
    private static final Choice[] STRATEGIES = {Choice.of("one-for-one"), Choice.of("one-for-one"),
            Choice.of("one-for-all"), Choice.of("rest-for-one")};
    private static final Choice EXPONENTIAL = Choice.of("exponential");
    private static final Choice[] BACKOFFS = {Choice.of("immediate"), EXPONENTIAL, EXPONENTIAL,
            Backoffs.fixed(Duration.ofSeconds(3))};
    private static final Choice[] BREAKERS = {CircuitBreakers.consecutive(1, Duration.ofSeconds(5)),
            CircuitBreakers.consecutive(2, Duration.ofSeconds(30)),
            CircuitBreakers.consecutive(3, AllowForever.FOREVER),
            CircuitBreakers.count(3, Duration.ofSeconds(60))};
    // Many in a short time, level upon level, is an honest crash loop that no test can sit out.
    private static final int[] MAX = {0, 1, 1, 2, 3, 5, 20};
    private static final RestartType[] RESTARTS = {RestartType.PERMANENT, RestartType.PERMANENT,
            RestartType.TRANSIENT, RestartType.TEMPORARY};
    private static final ProcessSpec PROCESS = new ProcessSpec(List.of("x"), Map.of(), true, Optional.empty(),
            List.of(0), List.of(7), RunAs.theSupervisor(), ReadyBy.START, OutputRule.PREFIXED, false);
    private static final ProcessSpec CHANGED_PROCESS = new ProcessSpec(List.of("y"), Map.of(), true,
            Optional.empty(), List.of(0), List.of(7), RunAs.theSupervisor(), ReadyBy.START,
            OutputRule.PREFIXED, false);
    private static final ComponentSpec COMPONENT = new ComponentSpec("c", () -> context -> {},
            ComponentSpec.ThreadKind.VIRTUAL);
    private static final List<CheckSpec> READINESS = List.of(CheckSpec.of(Choice.of("tcp"), Role.READINESS));
    private static final List<CheckSpec> LIVENESS = List.of(CheckSpec.of(Choice.of("tcp"), Role.LIVENESS));
    private static final Duration[] SECONDS = seconds();

    private final SplittableRandom random;

    RandomTree(long seed) {
        this.random = new SplittableRandom(seed);
    }

    private static Duration[] seconds() {
        Duration[] all = new Duration[128];
        for (int i = 0; i < all.length; i++) {
            all[i] = Duration.ofSeconds(i);
        }
        return all;
    }

    static TreeSpec of(long seed) {
        RandomTree tree = new RandomTree(seed);
        int total = 10 + tree.random.nextInt(41);
        return new TreeSpec("shop", tree.supervisor(0, total),
                Map.of("db", tree.oneOf(BREAKERS), "net", tree.oneOf(BREAKERS)),
                SECONDS[5 + tree.random.nextInt(100)], 1 + tree.random.nextInt(4), tree.rate());
    }

    private Optional<StartRate> rate() {
        return chance(0.15)
                ? Optional.of(new StartRate(1 + random.nextInt(20), 1 + random.nextInt(5)))
                : Optional.empty();
    }

    /** Makes children that are added while the tree runs. */
    List<ChildSpec> added(int depth) {
        int count = 1 + random.nextInt(3);
        List<ChildSpec> specs = new ArrayList<>();
        int first = random.nextInt(6);
        for (int i = 0; i < count; i++) {
            int below = depth < DEPTH - 1 && chance(0.2) ? random.nextInt(3) : -1;
            specs.add(child("a" + (first + i), depth, specs, below, false));
        }
        return specs;
    }

    /** Makes the spec of a tree another: some children fewer, more, changed, or elsewhere in the order. */
    TreeSpec edited(TreeSpec spec) {
        Map<String, Choice> breakers = chance(0.2)
                ? Map.of("db", oneOf(BREAKERS), "net", oneOf(BREAKERS))
                : spec.breakers();
        return new TreeSpec(spec.name(), edited(spec.root(), 0), breakers, spec.shutdownTimeout(),
                chance(0.2) ? 1 + random.nextInt(4) : spec.maxConcurrentStarts(),
                chance(0.2) ? rate() : spec.startRate());
    }

    private SupervisorSpec edited(SupervisorSpec rules, int depth) {
        List<ChildSpec> children = new ArrayList<>();
        for (ChildSpec child : rules.children()) {
            if (!chance(0.08)) {
                children.add(edited(child, depth));
            }
        }
        if (chance(0.3) && children.size() < 40) {
            ChildSpec more = child("n" + random.nextInt(4), depth, List.of(),
                    depth < DEPTH - 1 && chance(0.2) ? random.nextInt(3) : -1, false);
            if (children.stream().noneMatch(c -> c.id().equals(more.id()))) {
                children.add(random.nextInt(children.size() + 1), more);
            }
        }
        if (chance(0.15)) {
            children.add(
                    children.isEmpty() ? child("n9", depth, List.of(), -1, false) : children.removeFirst());
        }
        Set<String> ids = new HashSet<>();
        children.forEach(c -> ids.add(c.id()));
        children.replaceAll(
                c -> c.after().stream().allMatch(a -> ids.contains(a.id())) ? c : with(c, List.of()));
        return new SupervisorSpec(chance(0.1) ? oneOf(STRATEGIES) : rules.strategy(),
                chance(0.1) ? intensity() : rules.intensity(), rules.onGiveUp(), rules.onStartFailure(),
                chance(0.1) ? oneOf(StartOrder.values()) : rules.startOrder(), rules.autoShutdown(),
                chance(0.1) ? maxChildren(children.size()) : bounded(rules.maxChildren(), children.size()),
                rules.pools(), children);
    }

    private static OptionalInt bounded(OptionalInt most, int count) {
        return most.isPresent() && most.getAsInt() < count ? OptionalInt.of(count) : most;
    }

    private ChildSpec edited(ChildSpec spec, int depth) {
        if (spec.work() instanceof SupervisorSpec rules) {
            if (chance(0.05)) {
                return spec.withWork(COMPONENT);
            }
            return chance(0.5) ? spec.withWork(edited(rules, depth + 1)) : spec;
        }
        double kind = random.nextDouble();
        if (kind < 0.06) {
            return spec.withWork(spec.work().equals(PROCESS) ? CHANGED_PROCESS : PROCESS);
        }
        if (kind < 0.1) {
            return spec.withAutostart(!spec.autostart());
        }
        return kind < 0.16 ? with(spec, List.of()) : spec;
    }

    private ChildSpec with(ChildSpec spec, List<After> after) {
        return new ChildSpec(spec.id(), spec.work(), spec.restart(), stop(spec.work()), spec.startTimeout(),
                spec.backoff(), spec.breaker(), spec.health(), after, spec.autostart(), spec.significant(),
                spec.essential(), spec.critical(), oneOf(WhenAbandoned.values()), spec.pool());
    }

    private boolean chance(double share) {
        return random.nextDouble() < share;
    }

    private <T> T oneOf(T[] all) {
        return all[random.nextInt(all.length)];
    }

    private SupervisorSpec supervisor(int depth, int total) {
        boolean gentle = depth == 0 && chance(0.97);
        boolean significant = chance(depth == 0 ? 0.015 : 0.15);
        AutoShutdown autoShutdown = !significant
                ? AutoShutdown.NEVER
                : chance(0.5) ? AutoShutdown.ANY_SIGNIFICANT : AutoShutdown.ALL_SIGNIFICANT;
        List<ChildSpec> children = new ArrayList<>();
        int left = total;
        while (left > 0) {
            left--;
            int below = depth < DEPTH - 1 && chance(0.28) ? random.nextInt(Math.min(left, 14) + 1) : -1;
            if (below > 0) {
                left -= below;
            }
            children.add(child("c" + children.size(), depth, children, below, significant && chance(0.5)));
        }
        Map<String, PoolSpec> pools = Map.of();
        if (chance(0.12)) {
            ChildSpec like = child("p", depth, List.of(), -1, false);
            PoolSpec pool = new PoolSpec("p", i -> member(like, i));
            pools = Map.of("p", pool);
            children.addAll(pool.members(random.nextInt(4)));
        }
        return new SupervisorSpec(oneOf(STRATEGIES), intensity(),
                gentle || chance(0.3) ? OnGiveUp.SUSPEND : OnGiveUp.ESCALATE,
                gentle || chance(0.7) ? OnStartFailure.KEEP_TRYING : OnStartFailure.FAIL,
                chance(0.3) ? StartOrder.SEQUENTIAL : StartOrder.DEPENDENCIES, autoShutdown,
                chance(0.15) ? maxChildren(children.size()) : OptionalInt.empty(), pools, children);
    }

    private OptionalInt maxChildren(int least) {
        return OptionalInt.of(least + random.nextInt(4));
    }

    private Intensity intensity() {
        return new Intensity(MAX[random.nextInt(MAX.length)], SECONDS[chance(0.5) ? 10 : 60]);
    }

    private static ChildSpec member(ChildSpec like, int index) {
        return new ChildSpec(PoolSpec.idOf("p", index), like.work(), like.restart(), like.stop(),
                like.startTimeout(), like.backoff(), like.breaker(), like.health(), List.of(),
                like.autostart(),
                false, false, like.critical(), like.whenAbandoned(), Optional.of("p"));
    }

    /** @param below how many are below it if it is a supervisor; -1 if it is none */
    private ChildSpec child(String id, int depth, List<ChildSpec> siblings, int below, boolean significant) {
        Work work = below >= 0 ? supervisor(depth + 1, below) : chance(0.4) ? PROCESS : COMPONENT;
        RestartType restart = significant
                ? chance(0.5) ? RestartType.TRANSIENT : RestartType.TEMPORARY
                : oneOf(RESTARTS);
        Choice backoff = oneOf(BACKOFFS);
        Optional<BreakerUse> breaker = Optional.empty();
        if (chance(0.15)) {
            // A breaker that opens for a second at a time bounds no crash loop by itself.
            backoff = EXPONENTIAL;
            OptionalInt escalateAfter = chance(0.5)
                    ? OptionalInt.of(1)
                    : OptionalInt.empty();
            breaker = Optional.of(chance(0.6)
                    ? new BreakerUse(Optional.of(chance(0.7) ? "db" : "net"), Optional.empty(), escalateAfter,
                            BreakerUse.DEFAULT_STABLE_FOR)
                    : new BreakerUse(Optional.empty(), Optional.of(oneOf(BREAKERS)), escalateAfter,
                            BreakerUse.DEFAULT_STABLE_FOR));
        }
        List<CheckSpec> checks = below >= 0 || !chance(0.3) ? List.of() : chance(0.6) ? READINESS : LIVENESS;
        List<After> after = !siblings.isEmpty() && chance(0.3) ? List.of(after(siblings)) : List.of();
        return new ChildSpec(id, work, restart, stop(work), SECONDS[1 + random.nextInt(40)], backoff, breaker,
                checks, after, !chance(0.08), significant, chance(0.0007), chance(0.1),
                chance(0.2) ? WhenAbandoned.REPLACE : WhenAbandoned.HOLD, Optional.empty());
    }

    private After after(List<ChildSpec> siblings) {
        ChildSpec first = siblings.get(random.nextInt(siblings.size()));
        double kind = random.nextDouble();
        return new After(first.id(), kind < 0.2
                ? After.Condition.COMPLETED
                : kind < 0.5
                        ? After.Condition.STARTED
                        : After.Condition.READY);
    }

    private StopRule stop(Work work) {
        if (chance(0.1)) {
            return StopRule.brutal();
        }
        if (chance(0.3)) {
            return StopRule.within(SECONDS[1 + random.nextInt(10)]);
        }
        // For ever is too long for a component: nobody could kill it, and no deadline but the tree's would come.
        return work instanceof ProcessSpec && chance(0.2) ? StopRule.infinite() : ChildSpec.defaultStop(work);
    }

    /** Returns a tree in words, a line for each child. */
    static String words(TreeSpec spec) {
        StringBuilder text = new StringBuilder("gate ").append(spec.maxConcurrentStarts())
                .append(' ')
                .append(spec.startRate());
        describe(spec.root(), text, "");
        return text.toString();
    }

    private static void describe(SupervisorSpec rules, StringBuilder text, String indent) {
        text.append(' ')
                .append(rules.strategy().type())
                .append(' ')
                .append(rules.intensity().max())
                .append('/')
                .append(rules.intensity().within().toSeconds())
                .append("s ")
                .append(rules.onGiveUp())
                .append(' ')
                .append(rules.onStartFailure())
                .append(' ')
                .append(rules.startOrder())
                .append(' ')
                .append(rules.autoShutdown());
        for (ChildSpec spec : rules.children()) {
            text.append('\n')
                    .append(indent)
                    .append("  ")
                    .append(spec.id())
                    .append(' ')
                    .append(spec.kind())
                    .append(' ')
                    .append(spec.restart())
                    .append(" stop ")
                    .append(spec.stop().timeout().toSeconds())
                    .append("s start ")
                    .append(spec.startTimeout().toSeconds())
                    .append("s ")
                    .append(spec.backoff().type());
            spec.breaker().ifPresent(b -> text.append(" breaker ").append(b.shared().orElse("own")));
            spec.health().forEach(c -> text.append(' ').append(c.role()));
            spec.after()
                    .forEach(a -> text.append(" after ").append(a.id()).append(' ').append(a.condition()));
            text.append(spec.autostart() ? "" : " no-autostart")
                    .append(spec.significant() ? " significant" : "")
                    .append(spec.essential() ? " essential" : "")
                    .append(spec.whenAbandoned() == WhenAbandoned.REPLACE ? " replace" : "");
            if (spec.work() instanceof SupervisorSpec below) {
                describe(below, text, indent + "  ");
            }
        }
    }
}
