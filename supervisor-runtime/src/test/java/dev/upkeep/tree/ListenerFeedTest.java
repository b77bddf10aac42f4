package dev.upkeep.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.event.TreeListener;
import dev.upkeep.supervise.Action;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ListenerFeedTest {
    private static final ChildPath PATH = new ChildPath("shop/a");

    private static PublishedEvent event(long sequence) {
        return new PublishedEvent(sequence, Instant.EPOCH, 0, new Action.Emit(EventKind.READY, PATH, 1,
                () -> "", Optional.empty(), Optional.empty(), Optional.empty(), List.of(),
                Optional.empty()));
    }

    private static List<PublishedEvent> events(long from, long to) {
        return LongStream.range(from, to).mapToObj(ListenerFeedTest::event).toList();
    }

    @Test
    @DisplayName("E2 what does not fit into the ring is counted, what does is handed over in order")
    void theLossIsExact() {
        List<Long> seen = new ArrayList<>();
        AtomicLong lost = new AtomicLong();
        ListenerFeed feed = ListenerFeed.byHand(new TreeListener() {
            @Override
            public void on(TreeEvent event) {
                seen.add(event.sequence());
            }

            @Override
            public void lost(long events) {
                lost.addAndGet(events);
            }
        });

        feed.offer(events(0, ListenerFeed.CAPACITY - 1));
        feed.offer(events(ListenerFeed.CAPACITY - 1, ListenerFeed.CAPACITY + 10));
        feed.handOver();
        feed.offer(events(100_000, 100_001));
        feed.handOver();

        assertThat(lost).hasValue(10);
        assertThat(seen).hasSize(ListenerFeed.CAPACITY + 1).isSorted().endsWith(100_000L);
    }

    @Test
    @DisplayName("E2 a listener that throws is kept")
    void aListenerThatThrowsHearsTheNext() {
        List<Long> seen = new ArrayList<>();
        ListenerFeed feed = ListenerFeed.byHand(event -> {
            seen.add(event.sequence());
            throw new IllegalStateException("on purpose");
        });

        feed.offer(events(0, 3));
        feed.handOver();

        assertThat(seen).containsExactly(0L, 1L, 2L);
    }

    @Test
    @DisplayName("E2 a listener with a thread of its own hears everything in order, or is told how much it lost")
    void nothingIsLostUncounted() throws Exception {
        AtomicLong lost = new AtomicLong();
        AtomicLong seen = new AtomicLong();
        AtomicLong last = new AtomicLong(-1);
        AtomicLong disorder = new AtomicLong();
        SplittableRandom slow = new SplittableRandom(1);
        ListenerFeed feed = ListenerFeed.on(new TreeListener() {
            @Override
            public void on(TreeEvent event) {
                if (event.sequence() <= last.getAndSet(event.sequence())) {
                    disorder.incrementAndGet();
                }
                seen.incrementAndGet();
                if (slow.nextInt(5000) == 0) {
                    Thread.yield();
                    Thread.currentThread().interrupt();
                }
            }

            @Override
            public void lost(long events) {
                lost.addAndGet(events);
            }
        }, "listener-test");
        SplittableRandom random = new SplittableRandom(2);
        long sent = 0;
        for (int batch = 0; batch < 20_000; batch++) {
            long size = random.nextLong(1, 200);
            feed.offer(events(sent, sent + size));
            sent += size;
        }
        feed.close();
        feed.awaitEnd(TimeUnit.SECONDS.toNanos(30));

        assertThat(disorder).hasValue(0);
        assertThat(seen.get() + lost.get()).isEqualTo(sent);
    }

    @Test
    void aListenerThatSleepsIsWokenByEachBatch() throws Exception {
        Semaphore heard = new Semaphore(0);
        ListenerFeed feed = ListenerFeed.on(event -> heard.release(), "listener-test");
        for (int i = 0; i < 20_000; i++) {
            feed.offer(events(i, i + 1));
            assertThat(heard.tryAcquire(20, TimeUnit.SECONDS)).as("batch %d", i).isTrue();
        }
        feed.close();
        feed.awaitEnd(TimeUnit.SECONDS.toNanos(30));
    }

    @Test
    void theEndDoesNotWaitForAListenerThatHangs() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        ListenerFeed feed = ListenerFeed.on(event -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        }, "listener-test");
        feed.offer(events(0, 1));
        feed.close();
        feed.awaitEnd(TimeUnit.MILLISECONDS.toNanos(20));
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
    }
}
