package dev.upkeep.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Corners in which the tree itself changes while something else happens (A1, A4 to A6, S2, S5). */
class LivingTreeCornersTest extends RulesFixture {
    private static void settled(World world, long request) {
        assertThat(world.reply(request).kind().isSuccess()).as("%s", world.reply(request)).isTrue();
    }

    @Test
    void s6_noGenerationRepeatsBelowASupervisorThatIsRemovedAndAddedAgain() {
        World world = world(shop().child("sub", below(s -> s.child("x", PLAIN)))).started();
        world.crash("sub/x");
        assertThat(world.generation("sub/x")).isEqualTo(2);
        world.ask(Event.Verb.STOP, "sub");
        settled(world, world.ask(Event.Verb.REMOVE, "sub"));
        settled(world, world.add("", "sub", below(s -> s.child("x", PLAIN))));
        assertThat(world.generation("sub/x")).isGreaterThan(2);
    }
}
