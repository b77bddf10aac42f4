package dev.upkeep.restart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.restart.Failure;
import dev.upkeep.api.restart.GroupPlan;
import dev.upkeep.api.restart.RestartStrategy;
import dev.upkeep.api.restart.Sibling;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class StrategiesTest {
    private final RestartStrategy oneForOne = new OneForOneFactory().create(new OneForOneFactory.Settings());
    private final RestartStrategy oneForAll = new OneForAllFactory().create(new OneForAllFactory.Settings());
    private final RestartStrategy restForOne = new RestForOneFactory()
            .create(new RestForOneFactory.Settings());

    @Test
    @DisplayName("R4 one-for-one restarts the failed child alone")
    void oneForOneTouchesNobodyElse() {
        assertThat(oneForOne.plan(failed("b"), List.of(live("a"), ended("b"), live("c"))))
                .isEqualTo(GroupPlan.alone("b"));
        assertThat(oneForOne.sequential()).isFalse();
    }

    @Test
    @DisplayName("R4 one-for-all stops the survivors in reverse order and starts all in order")
    void oneForAllRestartsEverybody() {
        assertThat(oneForAll.plan(failed("b"), List.of(live("a"), ended("b"), live("c"), live("d"))))
                .isEqualTo(new GroupPlan(List.of("d", "c", "a"), List.of("a", "b", "c", "d")));
        assertThat(oneForAll.sequential()).isTrue();
    }

    @Test
    @DisplayName("R4 rest-for-one stops the later ones in reverse order and leaves the earlier ones alone")
    void restForOneRestartsTheRest() {
        assertThat(restForOne.plan(failed("b"), List.of(live("a"), ended("b"), live("c"), live("d"))))
                .isEqualTo(new GroupPlan(List.of("d", "c"), List.of("b", "c", "d")));
        assertThat(restForOne.sequential()).isTrue();
    }

    @Test
    @DisplayName("R5 what was stopped by request or is done stays so")
    void whatIsNotWantedRunningIsLeftAlone() {
        Sibling stopped = new Sibling("s", RestartType.PERMANENT, DesiredState.STOPPED, ActualState.STOPPING,
                List.of(), false);
        Sibling done = new Sibling("d", RestartType.TRANSIENT, DesiredState.DONE, ActualState.COMPLETED,
                List.of(),
                false);

        assertThat(oneForAll.plan(failed("b"), List.of(ended("b"), stopped, done, live("c"))))
                .isEqualTo(new GroupPlan(List.of("c"), List.of("b", "c")));
    }

    @Test
    @DisplayName("R5 a temporary sibling is stopped and not started again")
    void temporarySiblingsAreGone() {
        Sibling temporary = new Sibling("t", RestartType.TEMPORARY, DesiredState.RUNNING, ActualState.RUNNING,
                List.of(), true);

        assertThat(restForOne.plan(failed("b"), List.of(ended("b"), temporary, live("c"))))
                .isEqualTo(new GroupPlan(List.of("c", "t"), List.of("b", "c")));
    }

    @Test
    void aSiblingWithoutAnInstanceIsStartedButNotStopped() {
        assertThat(oneForAll.plan(failed("b"), List.of(ended("a"), ended("b"))))
                .isEqualTo(new GroupPlan(List.of(), List.of("a", "b")));
    }

    @Test
    void aFailedChildThatIsNotAmongTheSiblingsIsPlannedForAlone() {
        for (RestartStrategy strategy : List.of(oneForOne, oneForAll, restForOne)) {
            assertThat(strategy.plan(failed("x"), List.of(live("a")))).isEqualTo(GroupPlan.alone("x"));
            assertThat(strategy.plan(failed("x"), List.of())).isEqualTo(GroupPlan.alone("x"));
        }
    }

    @Test
    @DisplayName("R4, R5 no plan names a stranger, omits the failed child, or touches what is not wanted running")
    void everyPlanIsOneTheCoreAccepts() {
        Random random = new Random(7);
        for (int round = 0; round < 5_000; round++) {
            List<Sibling> siblings = anySiblings(random);
            Sibling victim = siblings.get(random.nextInt(siblings.size()));
            for (RestartStrategy strategy : List.of(oneForOne, oneForAll, restForOne)) {
                GroupPlan plan = strategy.plan(failed(victim.id()), siblings);

                assertThat(plan.start()).contains(victim.id()).doesNotHaveDuplicates();
                assertThat(plan.stop()).doesNotContain(victim.id()).doesNotHaveDuplicates();
                var touched = new HashSet<>(plan.stop());
                touched.addAll(plan.start());
                touched.remove(victim.id());
                assertThat(siblings).filteredOn(s -> touched.contains(s.id()))
                        .hasSize(touched.size())
                        .allMatch(s -> s.desired() == DesiredState.RUNNING);
                assertThat(siblings.stream().map(Sibling::id).filter(plan.start()::contains).toList())
                        .isEqualTo(plan.start());
                assertThat(
                        siblings.reversed().stream().map(Sibling::id).filter(plan.stop()::contains).toList())
                        .isEqualTo(plan.stop());
            }
        }
    }

    private static List<Sibling> anySiblings(Random random) {
        List<Sibling> siblings = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(8); i++) {
            siblings.add(new Sibling("c" + i, any(random, RestartType.values()),
                    any(random, DesiredState.values()),
                    any(random, ActualState.values()), List.of(), random.nextBoolean()));
        }
        return siblings;
    }

    private static <T> T any(Random random, T[] values) {
        return values[random.nextInt(values.length)];
    }

    private static Failure failed(String id) {
        return new Failure(id, Cause.startFailed("test"));
    }

    private static Sibling live(String id) {
        return new Sibling(id, RestartType.PERMANENT, DesiredState.RUNNING, ActualState.RUNNING, List.of(),
                true);
    }

    private static Sibling ended(String id) {
        return new Sibling(id, RestartType.PERMANENT, DesiredState.RUNNING, ActualState.BACKOFF, List.of(),
                false);
    }
}
