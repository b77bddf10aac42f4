package dev.upkeep.supervise;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.ChildBuilder;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.SupervisorSpec.AutoShutdown;
import dev.upkeep.api.SupervisorSpec.OnGiveUp;
import dev.upkeep.api.SupervisorSpec.OnStartFailure;
import dev.upkeep.api.SupervisorSpec.StartOrder;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Makes trees of every shape the rules allow, three supervisors deep. */
final class RandomTree {
    private final Random random;

    private RandomTree(long seed) {
        this.random = new Random(seed);
    }

    static TreeSpec of(long seed) {
        RandomTree tree = new RandomTree(seed);
        SupervisorBuilder root = Supervisor.named("shop")
                .breaker("db", Choice.of("count"))
                .shutdownTimeout(Duration.ofSeconds(5 + tree.random.nextInt(100)));
        tree.fill(root, 0);
        TreeSpec spec = root.build();
        return new TreeSpec(spec.name(), spec.root(), spec.breakers(), spec.shutdownTimeout(),
                1 + tree.random.nextInt(6), java.util.Optional.empty());
    }

    private boolean chance(double share) {
        return random.nextDouble() < share;
    }

    private <T> T oneOf(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private void fill(SupervisorBuilder builder, int depth) {
        boolean gentle = depth == 0 && chance(0.85);
        boolean significant = chance(0.1);
        builder.strategy(oneOf(List.of("one-for-one", "one-for-one", "one-for-all", "rest-for-one")))
                .startOrder(chance(0.3) ? StartOrder.SEQUENTIAL : StartOrder.DEPENDENCIES)
                // Many in a short time, level upon level, is an honest crash loop that no test can sit out.
                .intensity(oneOf(List.of(0, 1, 1, 2, 3, 5, 20)),
                        Duration.ofSeconds(oneOf(List.of(10, 60))))
                .onGiveUp(gentle || chance(0.3) ? OnGiveUp.SUSPEND : OnGiveUp.ESCALATE)
                .onStartFailure(gentle || chance(0.7) ? OnStartFailure.KEEP_TRYING : OnStartFailure.FAIL);
        if (significant) {
            builder.autoShutdown(
                    chance(0.5) ? AutoShutdown.ANY_SIGNIFICANT : AutoShutdown.ALL_SIGNIFICANT);
        }
        int count = random.nextInt(depth == 0 ? 2 : 0, 5);
        for (int i = 0; i < count; i++) {
            int index = i;
            builder.child("c" + i, child -> child(child, depth, index, significant && chance(0.5)));
        }
    }

    private void child(ChildBuilder child, int depth, int index, boolean significant) {
        child.backoff(Choice.of(chance(0.4) ? "immediate" : "exponential"))
                .startTimeout(Duration.ofSeconds(1 + random.nextInt(40)))
                .autostart(!chance(0.08))
                .critical(chance(0.1))
                .essential(chance(0.01));
        if (significant) {
            child.significant(true).restart(chance(0.5) ? RestartType.TRANSIENT : RestartType.TEMPORARY);
        } else {
            child.restart(oneOf(List.of(RestartType.PERMANENT, RestartType.PERMANENT, RestartType.TRANSIENT,
                    RestartType.TEMPORARY)));
        }
        if (index > 0 && chance(0.3)) {
            child.after("c" + random.nextInt(index));
        }
        if (chance(0.15)) {
            // The scripted breakers need not open, and then nothing else bounds restarts.
            child.backoff(Choice.of("exponential"))
                    .breaker(chance(0.5) ? BreakerUse.shared("db") : BreakerUse.own(Choice.of("count")));
        }
        if (chance(0.1)) {
            child.stop(StopRule.brutal());
        } else if (chance(0.3)) {
            child.stop(StopRule.within(Duration.ofSeconds(1 + random.nextInt(10))));
        }
        if (depth < 2 && chance(0.3)) {
            child.supervisor(below -> fill(below, depth + 1));
            return;
        }
        if (chance(0.4)) {
            child.process("x");
            if (chance(0.2)) {
                child.stop(StopRule.infinite());
            }
        } else {
            child.component(() -> context -> {});
        }
        if (chance(0.3)) {
            child.check(CheckSpec.of(Choice.of("tcp"), chance(0.5) ? Role.READINESS : Role.LIVENESS));
        }
    }
}
