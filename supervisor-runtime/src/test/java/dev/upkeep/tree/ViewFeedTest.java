package dev.upkeep.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker.View;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class ViewFeedTest {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<Long> heard = new ArrayList<>();

    private static View view(long epoch) {
        return new View("db", epoch, BreakerState.OPEN, Optional.empty(), "");
    }

    @Test
    @DisplayName("C9 what changes while a listener is slow is handed over in order, by one thread at a time")
    void inOrder() {
        ViewFeed feed = new ViewFeed(view -> heard.add(view.epoch()), tasks::add);

        feed.offer(view(1));
        feed.offer(view(2));
        assertThat(tasks).hasSize(1);
        tasks.remove().run();
        feed.offer(view(3));
        tasks.remove().run();

        assertThat(heard).containsExactly(1L, 2L, 3L);
    }

    @Test
    void oneThatNeverComesBackKeepsTheLatestOnly() {
        ViewFeed feed = new ViewFeed(view -> heard.add(view.epoch()), tasks::add);

        for (int i = 1; i <= ViewFeed.MOST + 5; i++) {
            feed.offer(view(i));
        }
        tasks.remove().run();

        assertThat(heard).hasSize(ViewFeed.MOST).startsWith(6L).endsWith(ViewFeed.MOST + 5L);
    }

    @Test
    void oneThatThrowsIsToldOfTheNextChangeToo() {
        ViewFeed feed = new ViewFeed(view -> {
            heard.add(view.epoch());
            throw new IllegalStateException("broken");
        }, Runnable::run);

        feed.offer(view(1));
        feed.offer(view(2));

        assertThat(heard).containsExactly(1L, 2L);
    }

    @Test
    void oneThatWasTakenBackHearsNothingMore() {
        ViewFeed feed = new ViewFeed(view -> heard.add(view.epoch()), tasks::add);
        feed.offer(view(1));

        feed.close();
        feed.offer(view(2));
        tasks.remove().run();

        assertThat(heard).isEmpty();
    }
}
