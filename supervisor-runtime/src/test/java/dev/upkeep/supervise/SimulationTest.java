package dev.upkeep.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random stories in random trees. Each seed is one; {@code -Dupkeep.simulation.seed=N} runs that one alone, and
 * {@code -Dupkeep.simulation.seconds=N} gives it more time than ten seconds.
 */
class SimulationTest {
    private static final int STEPS = 160;

    @Test
    void everyRuleThatMustAlwaysHoldHoldsAfterEveryEvent() {
        Long one = Long.getLong("upkeep.simulation.seed");
        if (one != null) {
            tryOut(one);
            return;
        }
        long start = System.nanoTime();
        long allowed = Long.getLong("upkeep.simulation.seconds", 10) * 1_000_000_000L;
        long seed = Long.getLong("upkeep.simulation.from", 1);
        long schedules = 0;
        long events = 0;
        while (System.nanoTime() - start < allowed) {
            events += tryOut(seed++);
            schedules++;
        }
        System.out.println("simulated " + schedules + " schedules, " + events + " events");
        assertThat(schedules).isPositive();
    }

    @Test
    void theSameSeedGivesTheSameActions() {
        for (long seed = 1; seed <= 100; seed++) {
            assertThat(actions(seed)).isEqualTo(actions(seed));
        }
    }

    private static List<String> actions(long seed) {
        Simulation simulation = new Simulation(seed);
        simulation.run(Step.story(seed, STEPS));
        List<String> all = new ArrayList<>(simulation.world.order);
        simulation.world.emitted.forEach(e -> all.add(e.kind() + " " + e.path() + " " + e.text()));
        return all;
    }

    private static long tryOut(long seed) {
        List<Step> steps = Step.story(seed, STEPS);
        Simulation simulation = new Simulation(seed);
        try {
            simulation.run(steps);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(story(seed, steps), e);
        }
        return simulation.invariants.events;
    }

    /** Leaves out all steps without which it fails as well, and tells the rest. */
    private static String story(long seed, List<Step> steps) {
        List<Step> kept = new ArrayList<>(steps);
        for (int size = kept.size() / 2; size >= 1; size /= 2) {
            for (int at = 0; at + size <= kept.size();) {
                List<Step> fewer = new ArrayList<>(kept.subList(0, at));
                fewer.addAll(kept.subList(at + size, kept.size()));
                if (failure(seed, fewer) != null) {
                    kept = fewer;
                } else {
                    at += size;
                }
            }
        }
        return "seed " + seed + ": " + failure(seed, kept);
    }

    private static @Nullable String failure(long seed, List<Step> steps) {
        Simulation simulation = new Simulation(seed);
        try {
            simulation.run(steps);
            return null;
        } catch (RuntimeException | AssertionError e) {
            List<String> events = simulation.world.emitted.stream()
                    .map(m -> m.kind() + " " + m.path().shortValue() + "#" + m.generation() + " " + m.text())
                    .toList();
            return e + "\nsteps:\n  " + String.join("\n  ", simulation.told) + "\nevents:\n  "
                    + String.join("\n  ", events.subList(Math.max(0, events.size() - 60), events.size()));
        }
    }
}
