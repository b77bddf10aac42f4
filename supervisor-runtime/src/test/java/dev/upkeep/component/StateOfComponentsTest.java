package dev.upkeep.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.Component;
import dev.upkeep.api.ComponentContext;
import dev.upkeep.api.ComponentSpec;
import dev.upkeep.api.StatefulComponent;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.supervise.Outcome;
import dev.upkeep.tree.Vitals;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** S9 at the port: who restores and saves, on which thread, in which order, and what comes too late. */
@Timeout(30)
final class StateOfComponentsTest {
    private static final ChildPath PATH = new ChildPath("shop/counter");
    private static final StopRule RULE = StopRule.within(Duration.ofSeconds(5));

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final StatesInMemory store = new StatesInMemory();
    private final ComponentChildren children = childrenWith(store);
    private final InstanceId first = new InstanceId(PATH, 1);
    private final InstanceId second = new InstanceId(PATH, 2);

    private ComponentChildren childrenWith(StatesInMemory states) {
        return new ComponentChildren(events::add, () -> 0, name -> Optional.empty(), states);
    }

    /** Runs until it is asked to stop; its state is one byte. */
    private static class Counter implements StatefulComponent {
        final List<String> calls = new CopyOnWriteArrayList<>();
        volatile @Nullable Thread own;
        final CountDownLatch runs = new CountDownLatch(1);
        volatile byte count = 1;
        volatile ComponentContext context = NOBODYS;

        @Override
        public void restore(byte[] state) throws Exception {
            calls.add("restore");
            own = Thread.currentThread();
            count = (byte) (state[0] + 1);
        }

        @Override
        public byte[] save() throws Exception {
            calls.add(context.shouldStop() ? "save after the stop" : "save");
            return new byte[]{count};
        }

        @Override
        public void run(ComponentContext given) throws Exception {
            context = given;
            calls.add("run");
            assertThat(own).isIn(null, Thread.currentThread());
            runs.countDown();
            given.awaitStop(Duration.ofDays(100_000));
            calls.add("stopped");
        }
    }

    private static final ComponentContext NOBODYS = org.mockito.Mockito.mock(ComponentContext.class);

    private void start(InstanceId instance, Component component) {
        children.start(instance, ComponentChildrenTest.specOf(ComponentSpec.of(() -> component)),
                new Vitals());
    }

    private Counter running(InstanceId instance, Counter counter) throws InterruptedException {
        start(instance, counter);
        assertThat(next()).isInstanceOf(Event.Started.class);
        counter.runs.await();
        return counter;
    }

    private Event next() throws InterruptedException {
        Event event = events.poll(20, TimeUnit.SECONDS);
        assertThat(event).as("an event within 20 s").isNotNull();
        return event;
    }

    private void expectEnded() throws InterruptedException {
        assertThat(next()).isInstanceOfSatisfying(Event.Ended.class,
                ended -> assertThat(ended.outcome()).isEqualTo(new Outcome.Returned()));
    }

    private String reasonOfFailedSave() throws InterruptedException {
        return ((Event.Noted) next()).text().replaceFirst("^its state could not be saved: ", "");
    }

    @Test
    void s9_whatIsSavedBeforeAStopIsRestoredByTheNextInstanceOnItsOwnThread() throws Exception {
        Counter one = running(first, new Counter());
        children.stop(first, RULE, true);
        expectEnded();
        assertThat(one.calls).containsExactly("run", "save", "stopped");

        Counter two = running(second, new Counter());
        assertThat(two.count).isEqualTo((byte) 2);
        assertThat(two.calls).containsExactly("restore", "run");
        children.stop(second, RULE, true);
        expectEnded();
        assertThat(store.states.get(PATH)).containsExactly(2);
    }

    @Test
    void s9_aStopThatMayNotSaveAndAKillSaveNothing() throws Exception {
        running(first, new Counter());
        children.stop(first, StopRule.brutal(), false);
        children.kill(first);
        children.stop(first, RULE, true);
        assertThat(next()).isInstanceOf(Event.Ended.class);

        assertThat(store.states).isEmpty();
        assertThat(events).isEmpty();
    }

    @Test
    void s9_aRestoreThatThrowsIsAFailedStartThatKeepsTheThrowable() throws Exception {
        store.states.put(PATH, new byte[0]);
        start(first, new Counter());

        Event.StartRefused refused = (Event.StartRefused) next();
        assertThat(refused.hostShortage()).isFalse();
        assertThat(refused.cause().kind()).isEqualTo(Cause.Kind.START_FAILED);
        assertThat(refused.cause().throwable().orElseThrow())
                .isInstanceOf(ArrayIndexOutOfBoundsException.class);
        assertThat(refused.cause().reason()).contains("could not be restored");
        assertThat(store.states).as("for a better instance").containsKey(PATH);
    }

    @Test
    void s9_aStoreThatCannotReadIsAFailedStart() throws Exception {
        IOException broken = new IOException("disk on fire");
        childrenWith(new StatesInMemory() {
            @Override
            public Optional<byte[]> load(ChildPath child) throws IOException {
                throw broken;
            }
        }).start(first, ComponentChildrenTest.specOf(ComponentSpec.of(Counter::new)), new Vitals());

        assertThat(((Event.StartRefused) next()).cause().throwable()).contains(broken);
    }

    @Test
    void s9_aSaveThatThrowsIsToldAndStopsNothing() throws Exception {
        store.states.put(PATH, new byte[]{7});
        running(first, new Counter() {
            @Override
            public byte[] save() {
                throw new IllegalStateException("not now");
            }
        });
        children.stop(first, RULE, true);

        assertThat(reasonOfFailedSave()).isEqualTo("java.lang.IllegalStateException: not now");
        expectEnded();
        assertThat(store.states.get(PATH)).containsExactly(7);
    }

    @SuppressWarnings("NullAway") // what a program without null checks may do
    @Test
    void s9_aSaveThatReturnsNothingIsToldAndStopsNothing() throws Exception {
        running(first, new Counter() {
            @Override
            public byte[] save() {
                return null;
            }
        });
        children.stop(first, RULE, true);

        assertThat(reasonOfFailedSave()).isEqualTo("save returned null");
        expectEnded();
    }

    @Test
    void s9_aStoreThatCannotWriteIsToldAndStopsNothing() throws Exception {
        ComponentChildren others = childrenWith(new StatesInMemory() {
            @Override
            public void save(ChildPath child, byte[] state) throws IOException {
                throw new IOException("disk full");
            }
        });
        Counter counter = new Counter();
        others.start(first, ComponentChildrenTest.specOf(ComponentSpec.of(() -> counter)), new Vitals());
        next();
        counter.runs.await();
        assertThatThrownBy(() -> counter.context.save(new byte[1])).isInstanceOf(IOException.class)
                .hasMessage("disk full");
        others.stop(first, RULE, true);

        assertThat(reasonOfFailedSave()).contains("disk full");
        expectEnded();
    }

    /** Its save takes until it is interrupted, and then goes on. */
    private static final class SlowToSave extends Counter {
        final CountDownLatch saving = new CountDownLatch(1);
        final CountDownLatch interrupted = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);

        @Override
        public byte[] save() throws Exception {
            saving.countDown();
            try {
                Thread.sleep(Duration.ofDays(1));
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            goOn.await();
            return new byte[]{99};
        }
    }

    @Test
    void s9_aSaveThatTakesLongerThanTheTimeoutIsInterruptedWithItsComponentAndNeverStored() throws Exception {
        SlowToSave slow = new SlowToSave();
        running(first, slow);
        children.stop(first, RULE, true);
        slow.saving.await();
        assertThat(slow.context.shouldStop()).isFalse();

        children.kill(first);
        slow.interrupted.await();
        assertThat(reasonOfFailedSave()).contains("stop timeout");
        assertThat(next()).isInstanceOf(Event.Ended.class);

        // A newer instance saves, then the old save comes to its end.
        Counter newer = running(second, new Counter());
        newer.context.save(new byte[]{5});
        slow.goOn.countDown();
        children.stop(second, RULE, true);
        expectEnded();
        assertThat(store.states.get(PATH)).containsExactly(1);
        assertThat(events).isEmpty();
    }

    @Test
    void s9_aComponentThatEndsWhileItSavesSaysSoBeforeItsEnd() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Counter counter = new Counter() {
            @Override
            public byte[] save() throws Exception {
                end.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    return new byte[]{99};
                }
                return new byte[]{98};
            }

            @Override
            public void run(ComponentContext given) throws Exception {
                runs.countDown();
                end.await();
            }
        };
        running(first, counter);
        children.stop(first, RULE, true);

        assertThat(reasonOfFailedSave()).contains("ended before");
        expectEnded();
        assertThat(store.states).isEmpty();
    }

    @Test
    void s9_aComponentSavesAtAnyTimeUntilItIsOver() throws Exception {
        Counter counter = running(first, new Counter());
        byte[] state = {1, 2};
        counter.context.save(state);
        state[0] = 9;
        assertThat(store.states.get(PATH)).containsExactly(1, 2);

        children.revoke(first);
        assertThatThrownBy(() -> counter.context.save(new byte[]{3})).isInstanceOf(IOException.class)
                .hasMessageContainingAll("shop/counter", "over");

        children.stop(first, RULE, false);
        expectEnded();
        assertThatThrownBy(() -> counter.context.save(new byte[]{3})).isInstanceOf(IOException.class);
        assertThat(store.states.get(PATH)).containsExactly(1, 2);
    }

    @Test
    void s9_itIsOverWhenItEndsAndNotWhenNobodyReadsItsVitals() throws Exception {
        Vitals unread = new Vitals();
        unread.revoke();
        Counter counter = new Counter();
        children.start(first, ComponentChildrenTest.specOf(ComponentSpec.of(() -> counter)), unread);
        next();
        counter.runs.await();
        children.stop(first, RULE, true);

        expectEnded();
        assertThat(store.states.get(PATH)).containsExactly(1);
    }

    @Test
    void s9_anOldInstanceInTheMidstOfASaveHoldsUpTheNextAndNeverComesAfterIt() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        StatesInMemory slow = new StatesInMemory() {
            @Override
            public void save(ChildPath child, byte[] state) throws IOException {
                writing.countDown();
                while (written.getCount() > 0) {
                    Thread.onSpinWait();
                }
                super.save(child, state);
            }
        };
        ComponentChildren others = childrenWith(slow);
        others.start(first,
                ComponentChildrenTest.specOf(ComponentSpec.of(() -> context -> context.save(new byte[]{1}))),
                new Vitals());
        next();
        writing.await();
        others.revoke(first);
        Counter newer = new Counter();
        others.start(second, ComponentChildrenTest.specOf(ComponentSpec.of(() -> newer)), new Vitals());
        assertThat(events.poll(50, TimeUnit.MILLISECONDS)).as("it waits for the state").isNull();

        written.countDown();
        newer.runs.await();
        assertThat(newer.count).as("what the old one saved, and one more").isEqualTo((byte) 2);
        others.stop(second, RULE, false);
    }

    @Test
    void s9_theStateOfAChildThatIsGoneForGoodIsNotForOneThatComesAfterIt() throws Exception {
        CountDownLatch deleting = new CountDownLatch(1);
        StatesInMemory slow = new StatesInMemory() {
            @Override
            public void delete(ChildPath child) throws IOException {
                deleting.countDown();
                super.delete(child);
            }
        };
        slow.states.put(PATH, new byte[]{7});
        ComponentChildren others = childrenWith(slow);

        others.forget(PATH);
        Counter fresh = new Counter();
        others.start(second, ComponentChildrenTest.specOf(ComponentSpec.of(() -> fresh)), new Vitals());
        fresh.runs.await();
        assertThat(fresh.calls).doesNotContain("restore");
        fresh.context.save(new byte[]{8});

        deleting.await();
        others.stop(second, RULE, true);
        assertThat(next()).isInstanceOf(Event.Started.class);
        expectEnded();
        assertThat(slow.states.get(PATH)).as("not deleted late").containsExactly(1);
    }
}
