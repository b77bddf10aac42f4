package dev.upkeep.supervise;

import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.ChildBuilder;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.util.function.Consumer;

/** The children and trees that the tests of the rules share. */
abstract class RulesFixture {
    static final Choice IMMEDIATE = Choice.of("immediate");
    static final Consumer<ChildBuilder> PLAIN = c -> c.component(() -> ctx -> {}).backoff(IMMEDIATE);
    static final Consumer<ChildBuilder> SLOW_BACKOFF = c -> c.component(() -> ctx -> {});
    static final Consumer<ChildBuilder> CHECKED = PLAIN
            .andThen(c -> c.check(CheckSpec.of(Choice.of("tcp"), Role.READINESS)));

    /** As the plain one, but for what it does: an apply restarts it. */
    static final Consumer<ChildBuilder> OTHER = PLAIN.andThen(c -> c.component(() -> ctx -> {}));
    static final Consumer<ChildBuilder> OTHER_CHECKED = CHECKED.andThen(OTHER);

    static Consumer<ChildBuilder> below(Consumer<SupervisorBuilder> children) {
        return c -> c.backoff(IMMEDIATE).supervisor(children);
    }

    /** Neither a request nor an interrupt ends it. */
    static void hang(World world, String id) {
        world.script(id).ignoresStop = true;
        world.script(id).ignoresKill = true;
    }

    static SupervisorBuilder shop() {
        return Supervisor.named("shop").intensity(5, Duration.ofSeconds(60));
    }

    static World world(SupervisorBuilder builder) {
        return new World(builder.build());
    }

    static World threeOf(String strategy) {
        World world = world(shop().strategy(strategy).child("a", PLAIN).child("b", PLAIN).child("c", PLAIN))
                .started();
        world.takeOrder();
        return world;
    }
}
