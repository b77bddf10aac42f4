package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.supervise.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ChildEventsTest {
    private final CountDownLatch heard = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger beats = new AtomicInteger();
    private final AtomicInteger ends = new AtomicInteger();
    private final ChildEvents events = new ChildEvents(
            new Launch(new ChildPath("shop/api"), 1, ProcessSpec.of("api"),
                    (stderr, buffer, from, length) -> {}),
            new ProcessEvents() {
                @Override
                public void started(long pid) {}

                @Override
                public void refused(StartRefusal why) {}

                @Override
                public void leaderEnded(ExitStatus status, List<String> lastWords, boolean membersLeft) {
                    ends.incrementAndGet();
                }

                @Override
                public void gone() {
                    ends.incrementAndGet();
                }

                @Override
                public void beat() {
                    beats.incrementAndGet();
                    heard.countDown();
                    awaitRelease();
                }

                @Override
                public void message(ChildMessage message) {
                    beat();
                }
            });

    private void awaitRelease() {
        try {
            release.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void endsAlthoughItHangs(Runnable told) throws Exception {
        events.started(4711);
        Thread hangs = Thread.ofPlatform().start(told);
        heard.await();

        Thread end = Thread.ofPlatform().start(() -> {
            events.leaderEnded(new Outcome.Exited(ExitStatus.ofCode(0)), new LastWords(), false);
            events.gone();
        });
        try {
            assertThat(end.join(Duration.ofSeconds(30))).as("the end is told").isTrue();
            assertThat(ends).hasValue(2);
        } finally {
            release.countDown();
            hangs.join();
        }
    }

    @Test
    void aBeatThatIsFasterThanTheWordOfItsStartIsToldAfterThat() {
        release.countDown();
        events.beat();
        assertThat(beats).hasValue(0);

        events.started(7);

        assertThat(beats).hasValue(1);
    }

    @Test
    void aBeatBeforeAStartThatWasRefusedIsNone() {
        release.countDown();
        events.beat();

        events.refused(new StartRefusal("spawn", "EAGAIN", "no room", true));
        events.beat();

        assertThat(beats).hasValue(0);
    }

    @Test
    @DisplayName("X4 one who hears a beat and hangs does not keep the end of the child from being told")
    void aBeatThatHangs() throws Exception {
        endsAlthoughItHangs(events::beat);
    }

    @Test
    @DisplayName("X4 one who hears a message and hangs does not keep the end of the child from being told")
    void aMessageThatHangs() throws Exception {
        endsAlthoughItHangs(() -> events.message(new ChildMessage.Beat()));
    }

    @Test
    void afterTheEndThereIsNoBeat() {
        release.countDown();
        events.started(4711);
        events.beat();
        events.leaderEnded(new Outcome.Exited(ExitStatus.ofCode(0)), new LastWords(), false);
        events.gone();
        events.beat();

        assertThat(beats).hasValue(1);
    }
}
