package dev.upkeep.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Random stories in random trees. Each seed is one; {@code -Dupkeep.simulation.seed=N} runs that one alone, and
 * {@code -Dupkeep.simulation.schedules=N} as many instead of 200,000, from {@code -Dupkeep.simulation.from=N} on.
 */
class SimulationTest {
    @Test
    void everyRuleThatMustAlwaysHoldHoldsAfterEveryEvent() {
        Long one = Long.getLong("upkeep.simulation.seed");
        if (one != null) {
            tellIfItFails(() -> Schedules.tryOut(one, new Counts()));
            return;
        }
        long wanted = Long.getLong("upkeep.simulation.schedules", Schedules.DEFAULT);
        long start = System.nanoTime();
        Counts counts = new Counts();
        tellIfItFails(() -> counts.add(Schedules.run(Long.getLong("upkeep.simulation.from", 1), wanted)));
        System.out.println("simulated in " + (System.nanoTime() - start) / 1_000_000 + " ms: " + counts);

        assertThat(counts.schedules).isGreaterThanOrEqualTo(wanted);
        if (wanted >= Schedules.DEFAULT) {
            assertThat(counts.missing()).as("events that never met a state").isEmpty();
            assertThat(counts.untried()).as("rules that were never put to the test").isEmpty();
            assertThat(counts.surprising()).as("events that cannot meet a state").isEmpty();
        }
    }

    private static void tellIfItFails(Runnable schedules) {
        try {
            schedules.run();
        } catch (Schedules.Violation found) {
            throw new AssertionError(Schedules.shortest(found.seed), found);
        }
    }

    @Test
    void theSameSeedGivesTheSameActions() {
        for (long seed = 1; seed <= 100; seed++) {
            assertThat(actions(seed)).isEqualTo(actions(seed));
        }
    }

    private static List<String> actions(long seed) {
        Simulation simulation = new Simulation(seed, new Counts(), true);
        simulation.run(Schedules.story(seed));
        return simulation.told();
    }
}
