package dev.upkeep.supervise;

import dev.upkeep.api.After;
import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.ComponentSpec;
import dev.upkeep.api.Intensity;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.SupervisorSpec.AutoShutdown;
import dev.upkeep.api.SupervisorSpec.OnGiveUp;
import dev.upkeep.api.SupervisorSpec.OnStartFailure;
import dev.upkeep.api.SupervisorSpec.StartOrder;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.Work;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.AllowForever;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.breaker.CircuitBreakers;
import dev.upkeep.restart.Backoffs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
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
            CircuitBreakers.consecutive(3, AllowForever.FOREVER)};
    // Many in a short time, level upon level, is an honest crash loop that no test can sit out.
    private static final int[] MAX = {0, 1, 1, 2, 3, 5, 20};
    private static final RestartType[] RESTARTS = {RestartType.PERMANENT, RestartType.PERMANENT,
            RestartType.TRANSIENT, RestartType.TEMPORARY};
    private static final ProcessSpec PROCESS = new ProcessSpec(List.of("x"), Map.of(), true, Optional.empty(),
            List.of(0), List.of(7));
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
                SECONDS[5 + tree.random.nextInt(100)], 1 + tree.random.nextInt(4));
    }

    private boolean chance(double share) {
        return random.nextDouble() < share;
    }

    private <T> T oneOf(T[] all) {
        return all[random.nextInt(all.length)];
    }

    private SupervisorSpec supervisor(int depth, int total) {
        boolean gentle = depth == 0 && chance(0.93);
        boolean significant = chance(depth == 0 ? 0.03 : 0.15);
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
        return new SupervisorSpec(oneOf(STRATEGIES),
                new Intensity(MAX[random.nextInt(MAX.length)], SECONDS[chance(0.5) ? 10 : 60]),
                gentle || chance(0.3) ? OnGiveUp.SUSPEND : OnGiveUp.ESCALATE,
                gentle || chance(0.7) ? OnStartFailure.KEEP_TRYING : OnStartFailure.FAIL,
                chance(0.3) ? StartOrder.SEQUENTIAL : StartOrder.DEPENDENCIES, autoShutdown, children);
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
                    ? new BreakerUse(Optional.of(chance(0.7) ? "db" : "net"), Optional.empty(), escalateAfter)
                    : new BreakerUse(Optional.empty(), Optional.of(oneOf(BREAKERS)), escalateAfter));
        }
        List<CheckSpec> checks = below >= 0 || !chance(0.3) ? List.of() : chance(0.6) ? READINESS : LIVENESS;
        List<After> after = !siblings.isEmpty() && chance(0.3) ? List.of(after(siblings)) : List.of();
        return new ChildSpec(id, work, restart, stop(work), SECONDS[1 + random.nextInt(40)], backoff, breaker,
                checks, after, !chance(0.08), significant, chance(0.0007), chance(0.1));
    }

    private After after(List<ChildSpec> siblings) {
        ChildSpec first = siblings.get(random.nextInt(siblings.size()));
        double kind = random.nextDouble();
        return new After(first.id(), kind < 0.2
                ? After.Condition.COMPLETED
                : kind < 0.5 && !(first.work() instanceof SupervisorSpec)
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

    /** Returns the tree of a simulation in words, a line for each child. */
    static String words(SimulatedWorld world) {
        StringBuilder text = new StringBuilder();
        describe(world.core.root, text, "");
        return text.toString();
    }

    private static void describe(Branch branch, StringBuilder text, String indent) {
        SupervisorSpec rules = branch.rules;
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
        for (Child child : branch.declared) {
            ChildSpec spec = child.spec;
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
                    .append(spec.essential() ? " essential" : "");
            if (child instanceof Branch below) {
                describe(below, text, indent + "  ");
            }
        }
    }
}
