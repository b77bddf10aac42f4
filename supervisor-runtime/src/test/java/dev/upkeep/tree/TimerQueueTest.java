package dev.upkeep.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.supervise.Action;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.Timer;
import dev.upkeep.supervise.Tree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TimerQueueTest {
    private final TimerQueue queue = new TimerQueue();

    /** Returns timers of a real core, which alone can make them: one for each delay, from that time on. */
    private static List<Timer> timers(long now, List<Duration> delays) {
        SupervisorBuilder tree = Supervisor.named("t").maxConcurrentStarts(Integer.MAX_VALUE);
        for (int i = 0; i < delays.size(); i++) {
            Duration delay = delays.get(i);
            tree.child("c" + i,
                    c -> c.component(() -> context -> {})
                            .startTimeout(delay)
                            .check(CheckSpec.of(Choice.of("tcp"), Role.READINESS)));
        }
        Tree core = new Tree(tree.build(), FixedPlugins.waiting(() -> Duration.ZERO), 1);
        return core.decide(new Event.StartTree(), now)
                .stream()
                .filter(Action.SetTimer.class::isInstance)
                .map(action -> ((Action.SetTimer) action).timer())
                .filter(timer -> timer.kind() == Timer.Kind.START_TIMEOUT
                        && timer.path().parent().isPresent())
                .toList();
    }

    private static List<Timer> timers(long now, long... nanos) {
        return timers(now, java.util.Arrays.stream(nanos).mapToObj(Duration::ofNanos).toList());
    }

    private List<Timer> take(long now) {
        List<Timer> due = new ArrayList<>();
        for (@Nullable
        Timer timer = queue.takeDue(now); timer != null; timer = queue.takeDue(now)) {
            due.add(timer);
        }
        return due;
    }

    @Test
    void whatIsDueComesEarliestFirstAndNothingElse() {
        List<Timer> timers = timers(0, 30, 10, 20);
        timers.forEach(queue::set);

        assertThat(take(9)).isEmpty();
        assertThat(queue.nextSince(0)).isEqualTo(10);
        assertThat(take(20)).containsExactly(timers.get(1), timers.get(2));
        assertThat(queue.isDue(29)).isFalse();
        assertThat(queue.isDue(30)).isTrue();
        assertThat(take(100)).containsExactly(timers.get(0));
        assertThat(queue.nextSince(0)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void ofTwoAtTheSameTimeTheOneSetFirstComesFirst() {
        List<Timer> timers = timers(0, 10, 10, 10, 10, 10, 5, 10, 10);
        timers.forEach(queue::set);
        queue.cancel(timers.get(2));

        List<Timer> expected = new ArrayList<>(timers);
        expected.remove(5);
        expected.remove(2);
        expected.addFirst(timers.get(5));
        assertThat(take(10)).containsExactlyElementsOf(expected);
    }

    @Test
    void timesMayWrap() {
        Timer before = timers(Long.MAX_VALUE - 100, 50).get(0);
        Timer after = timers(Long.MIN_VALUE + 10, 50).get(0);
        queue.set(after);
        queue.set(before);

        assertThat(take(Long.MAX_VALUE - 60)).isEmpty();
        assertThat(queue.nextSince(Long.MAX_VALUE - 100)).isEqualTo(50);
        assertThat(take(Long.MAX_VALUE - 50)).containsExactly(before);
        assertThat(take(Long.MIN_VALUE + 59)).isEmpty();
        assertThat(take(Long.MIN_VALUE + 60)).containsExactly(after);
    }

    @Test
    void oneThatIsNeverDueIsNotKept() {
        Timer never = timers(1000, List.of(Duration.ofSeconds(Long.MAX_VALUE))).get(0);
        assertThat(never.at()).isEqualTo(Long.MAX_VALUE);
        queue.set(never);
        queue.cancel(never);

        assertThat(queue.size()).isZero();
        assertThat(take(Long.MAX_VALUE - 1)).isEmpty();
    }

    @Test
    void oneThatWasCancelledDoesNotComeAndMayBeCancelledAgain() {
        List<Timer> timers = timers(0, 10, 20);
        timers.forEach(queue::set);
        queue.cancel(timers.get(0));
        queue.cancel(timers.get(0));

        assertThat(take(100)).containsExactly(timers.get(1));
        queue.cancel(timers.get(1));
        assertThat(queue.size()).isZero();
    }

    @Test
    void itDoesWhatASortedListDoes() {
        SplittableRandom random = new SplittableRandom(7);
        List<Timer> free = new ArrayList<>(
                timers(0, random.longs(2000, 1, 500).toArray()));
        List<Timer> model = new ArrayList<>();
        long now = 0;
        for (int step = 0; step < 20_000 && now < 500; step++) {
            int choice = random.nextInt(10);
            if (choice < 5 && !free.isEmpty()) {
                Timer timer = free.remove(random.nextInt(free.size()));
                queue.set(timer);
                model.add(timer);
            } else if (choice < 8 && !model.isEmpty()) {
                Timer timer = model.remove(random.nextInt(model.size()));
                queue.cancel(timer);
                free.add(timer);
            } else if (random.nextInt(20) == 0) {
                long at = ++now;
                // A stable sort: of equal ones those set first.
                List<Timer> expected = model.stream()
                        .filter(t -> t.at() <= at)
                        .sorted(Comparator.comparingLong(Timer::at))
                        .toList();
                assertThat(take(at)).containsExactlyElementsOf(expected);
                model.removeAll(expected);
            }
            assertThat(queue.size()).isEqualTo(model.size());
        }
    }
}
