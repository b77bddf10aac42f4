package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.child.ChildPath;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** When a further spawn thread is wanted. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
final class SpawnQueueTest {
    private static final long FOR_EVER = Long.MAX_VALUE / 2;

    private final SpawnQueue queue = new SpawnQueue();
    private final CountDownLatch end = new CountDownLatch(1);

    @AfterEach
    void close() {
        end.countDown();
        queue.close();
    }

    private static PosixChild child() {
        RecordedEvents events = new RecordedEvents();
        return new PosixChild(new Launch(new ChildPath("test/child"), 1, ProcessSpec.of("true"), events),
                events,
                GroupAccess.ofThisKernel(), new Kin(Set::of), () -> {});
    }

    private void awaitEnd() {
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Thread work(CountDownLatch begun) {
        return Thread.ofPlatform().daemon().start(() -> queue.work(child -> {
            begun.countDown();
            awaitEnd();
        }, FOR_EVER));
    }

    /** Of a program on a disk that does not answer, or behind a chain that takes its time. */
    @Test
    @DisplayName("P1 one that waits behind a start which hangs is not the first of two to wait")
    void hangingStart() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        Thread _ = work(begun);
        boolean _ = queue.add(child());
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

        assertThat(queue.add(child())).isTrue();
    }

    @Test
    @DisplayName("P1 one that comes while the only thread is given a decision does not wait for that")
    void lentThread() {
        Thread _ = work(new CountDownLatch(1));
        AtomicBoolean wanted = new AtomicBoolean();

        Host.eventually().until(() -> {
            // Held, so that the thread has not woken yet when the child comes.
            synchronized (queue) {
                boolean lent = queue.lend(this::awaitEnd);
                wanted.set(lent && queue.add(child()));
                return lent;
            }
        });

        assertThat(wanted).isTrue();
    }

    @Test
    @DisplayName("P1 a thread that has nothing to do is enough for one start")
    void idleThread() {
        Thread idle = work(new CountDownLatch(1));
        Host.eventually().until(() -> idle.getState() == Thread.State.TIMED_WAITING);

        assertThat(queue.add(child())).isFalse();
    }

    @Test
    @DisplayName("P1 two starts that hang do not keep a third one waiting for ever")
    void allHang() throws Exception {
        CountDownLatch begun = new CountDownLatch(3);
        Runnable work = () -> queue.work(child -> {
            begun.countDown();
            awaitEnd();
        }, FOR_EVER);
        SpawnThreads threads = new SpawnThreads(queue, work, work, (task, nanos) -> CompletableFuture
                .delayedExecutor(nanos, TimeUnit.NANOSECONDS)
                .execute(task));
        threads.start();

        for (int i = 0; i < 3; i++) {
            if (queue.add(child())) {
                threads.call();
            }
        }

        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
    }
}
