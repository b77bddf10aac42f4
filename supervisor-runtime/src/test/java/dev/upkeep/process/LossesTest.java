package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.OutputRule.WhenFull;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.child.ChildPath;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is told of output that was lost. */
final class LossesTest {
    private static final CallFailed FULL = new CallFailed("splice", Errno.ENOSPC);

    private final RecordedEvents told = new RecordedEvents();
    private final ChildEvents events = new ChildEvents(
            new Launch(new ChildPath("shop/api"), 1, ProcessSpec.of("api"), told), told);
    private final Losses losses = new Losses("/logs/api.log");
    private long now = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(20);

    private void seconds(long seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
    }

    private void lose(long bytes) {
        losses.begin(FULL, WhenFull.DROP, events, now);
        losses.dropped(bytes);
    }

    @Test
    @DisplayName("P12 the beginning and the end are told, with the count")
    void beginningAndEnd() {
        lose(100);
        lose(23);
        losses.over(events, now);

        assertThat(told.notes()).containsExactly(
                "its output cannot be written to '/logs/api.log': splice: ENOSPC; it is dropped and counted until it can be",
                "its output is written to '/logs/api.log' again; 123 bytes were dropped");
    }

    @Test
    @DisplayName("P12 of what follows fast nothing is told at once, and no byte is forgotten")
    void fast() {
        lose(1);
        losses.over(events, now);
        for (int i = 0; i < 10; i++) {
            seconds(1);
            lose(10);
            losses.over(events, now);
            losses.settle(now);
        }
        assertThat(told.notes()).hasSize(2);
        assertThat(told.notes().get(1)).endsWith("; 1 byte was dropped");

        seconds(15);
        losses.settle(now);

        assertThat(told.notes()).hasSize(3);
        assertThat(told.notes().get(2)).endsWith("; 100 bytes were dropped");
        seconds(15);
        losses.settle(now);
        assertThat(told.notes()).hasSize(3);
    }

    @Test
    @DisplayName("P12 what begins again fast and does not end is told later")
    void lasting() {
        lose(1);
        losses.over(events, now);
        seconds(1);
        lose(2);
        losses.settle(now);
        assertThat(told.notes()).hasSize(2);

        seconds(14);
        losses.settle(now);
        assertThat(told.notes()).hasSize(3);
        assertThat(told.notes().get(2)).contains("cannot be written");

        losses.over(events, now);
        assertThat(told.notes().get(3)).endsWith("; 2 bytes were dropped");
    }

    @Test
    @DisplayName("P12 of output that waits it is said that it waits, and that nothing was dropped")
    void waits() {
        losses.begin(FULL, WhenFull.BLOCK, events, now);
        losses.over(events, now);
        losses.over(events, now);

        assertThat(told.notes()).hasSize(2);
        assertThat(told.notes().get(0)).contains("it waits");
        assertThat(told.notes().get(1)).endsWith("; nothing was dropped");
    }
}
