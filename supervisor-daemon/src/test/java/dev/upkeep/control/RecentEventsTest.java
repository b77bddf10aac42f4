package dev.upkeep.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import org.junit.jupiter.api.Test;

class RecentEventsTest {
    private final RecentEvents recent = new RecentEvents();

    private void happens(long sequence, String path) {
        recent.on(new SeenEvent(sequence, EventKind.EXITED, new ChildPath(path), Shop.NOW, ""));
    }

    @Test
    void aNoisyChildDoesNotWashAwayWhyAQuietOneDied() {
        happens(0, "shop/quiet");
        for (int i = 1; i <= RecentEvents.OVERALL + 10; i++) {
            happens(i, "shop/noisy");
        }

        assertThat(recent.of(new ChildPath("shop/quiet"))).extracting(TreeEvent::sequence)
                .containsExactly(0L);
        assertThat(recent.of(new ChildPath("shop/noisy"))).hasSize(RecentEvents.PER_CHILD);
        assertThat(recent.newest(Integer.MAX_VALUE)).hasSize(RecentEvents.OVERALL)
                .first()
                .extracting(TreeEvent::sequence)
                .isEqualTo(11L);
    }

    @Test
    void childrenWithoutEndDoNotTakeMemoryWithoutEnd() {
        for (int i = 0; i < 10_000; i++) {
            happens(i, "shop/job-" + i);
        }

        assertThat(recent.of(new ChildPath("shop/job-0"))).isEmpty();
        assertThat(recent.of(new ChildPath("shop/job-9999"))).hasSize(1);
    }

    @Test
    void aReaderGoesOnWhereItStopped() {
        for (int i = 1; i <= 10; i++) {
            happens(i, "shop/web");
        }

        assertThat(recent.after(4, 3)).extracting(TreeEvent::sequence).containsExactly(5L, 6L, 7L);
        assertThat(recent.newest(2)).extracting(TreeEvent::sequence).containsExactly(9L, 10L);
    }
}
