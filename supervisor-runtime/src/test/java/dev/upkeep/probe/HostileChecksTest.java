package dev.upkeep.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.DeadlineCheck;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.tree.Vitals;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * X4 H1 A child with a good check and a hostile one, and a neighbour with a good one, on real time and real threads: whatever
 * the hostile one does is its own outcome, and the child and all other checks go on.
 */
@Timeout(60)
final class HostileChecksTest {
    private static final Duration OFTEN = Duration.ofMillis(20);
    /** Of what shall hang. The others have the time that a busy machine takes. */
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofSeconds(50);

    record None() {}

    private record Type(String type, Supplier<HealthCheck> made) implements HealthCheckFactory<None> {
        @Override
        public Class<None> settings() {
            return None.class;
        }

        @Override
        public HealthCheck create(None settings, CheckContext context) {
            return made.get();
        }
    }

    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Semaphore goodRuns = new Semaphore(0);
    private final AtomicInteger badRuns = new AtomicInteger();
    /** Ends what the hostile checks would do for ever. */
    private final CountDownLatch over = new CountDownLatch(1);
    private final InstanceId child = new InstanceId(new ChildPath("shop/api"), 1);
    private final InstanceId neighbour = new InstanceId(new ChildPath("shop/db"), 1);
    private volatile Supplier<HealthCheck> bad = () -> Health::healthy;
    private final ProbeSchedule schedule = ProbeSchedule.live(events::add, this::find, Ticker.system(),
            InstantSource.system(), new Random(1));

    private Optional<HealthCheckFactory<?>> find(String type) {
        HealthCheck good = () -> {
            goodRuns.release();
            return Health.healthy();
        };
        return Optional.of(new Type(type, type.equals("good") ? () -> good : bad));
    }

    private void begin(InstanceId id, CheckSpec... checks) {
        schedule.begin(id, VirtualTime.child(checks), new Vitals(), OptionalLong.empty());
    }

    private static CheckSpec often(String type) {
        return Specs.check(type, Role.LIVENESS, OFTEN, LONG);
    }

    private static CheckSpec shortly(String type, Role role) {
        return Specs.check(type, role, OFTEN, SHORT);
    }

    @BeforeEach
    void aNeighbour() {
        begin(neighbour, often("good"));
    }

    @AfterEach
    void endAll() {
        schedule.close();
        over.countDown();
    }

    private void hostile(HealthCheck check) {
        hostileMaking(counted(check));
    }

    private Supplier<HealthCheck> counted(HealthCheck check) {
        return () -> () -> {
            badRuns.incrementAndGet();
            return check.probe();
        };
    }

    private void hanging(HealthCheck check) {
        bad = counted(check);
        begin(child, shortly("bad", Role.LIVENESS), often("good"));
    }

    private void hostileMaking(Supplier<HealthCheck> making) {
        bad = making;
        begin(child, often("bad"), often("good"));
    }

    /** Waits until the child is told to have that health. */
    private String told(InstanceId id, HealthStatus health) throws InterruptedException {
        while (true) {
            Event event = events.poll(30, TimeUnit.SECONDS);
            assertThat(event).as("%s within 30 s", health).isNotNull();
            assertThat(event).isNotInstanceOf(Event.FoundUnhealthy.class);
            if (event instanceof Event.HealthChanged changed && changed.instance().equals(id)
                    && changed.health() == health) {
                return changed.reason();
            }
        }
    }

    /** The good checks of both children run on, and nothing is held against anybody. */
    private void allGoesOn() throws InterruptedException {
        goodRuns.drainPermits();
        assertThat(goodRuns.tryAcquire(20, 30, TimeUnit.SECONDS)).as("the good checks go on").isTrue();
        assertThat(events).noneMatch(event -> event instanceof Event.FoundUnhealthy);
    }

    private void isAnError(Throwable thrown) throws InterruptedException {
        hostile(() -> {
            HostileChecksTest.<Error>sneak(thrown);
            return Health.healthy();
        });
        assertThat(told(child, HealthStatus.DEGRADED)).isEqualTo("bad: " + thrown);
        allGoesOn();
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    void aCheckThatThrows() throws Exception {
        isAnError(new IOException("no such file"));
    }

    @Test
    void aCheckThatThrowsALinkageError() throws Exception {
        isAnError(new NoClassDefFoundError("com/example/Driver"));
    }

    @Test
    void aCheckThatThrowsAnAssertionError() throws Exception {
        isAnError(new AssertionError("impossible"));
    }

    @Test
    void aCheckThatOverflowsItsStack() throws Exception {
        hostile(() -> Health.degraded("depth " + depth(1)));
        assertThat(told(child, HealthStatus.DEGRADED)).isEqualTo("bad: java.lang.StackOverflowError");
        allGoesOn();
    }

    private int depth(int above) {
        return over.getCount() == 0 ? above : depth(above + 1) + 1;
    }

    @Test
    @DisplayName("X4 OutOfMemoryError is an error of that run, and reaches the handler of its thread")
    void aCheckThatFindsNoMemory() throws Exception {
        var uncaught = new LinkedBlockingQueue<Throwable>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> uncaught.add(thrown));
        try {
            OutOfMemoryError thrown = new OutOfMemoryError("in a test");
            isAnError(thrown);
            assertThat(uncaught.poll(30, TimeUnit.SECONDS)).isSameAs(thrown);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    @Test
    @SuppressWarnings("NullAway")
    void aCheckThatAnswersNull() throws Exception {
        hostile(() -> null);
        assertThat(told(child, HealthStatus.DEGRADED)).isEqualTo("bad: it answered nothing");
        allGoesOn();
    }

    @Test
    void aCheckThatLoopsForEver() throws Exception {
        hanging(() -> {
            while (over.getCount() > 0) {
                Thread.onSpinWait();
            }
            return Health.healthy();
        });
        assertThat(told(child, HealthStatus.UNKNOWN)).contains("stuck");
        allGoesOn();
        assertThat(badRuns).as("never beside itself").hasValue(1);
    }

    @Test
    void aCheckThatSleepsAndHeedsNoInterrupt() throws Exception {
        hanging(() -> {
            while (true) {
                try {
                    over.await();
                    return Health.healthy();
                } catch (InterruptedException e) {
                    continue;
                }
            }
        });
        assertThat(told(child, HealthStatus.UNKNOWN)).contains("stuck");
        allGoesOn();
        assertThat(badRuns).as("never beside itself").hasValue(1);
    }

    @Test
    void aCheckThatLeaksThreads() throws Exception {
        AtomicInteger leaked = new AtomicInteger();
        hostile(() -> {
            if (leaked.get() < 20) {
                Thread.ofPlatform().daemon().start(() -> awaitOver());
                leaked.incrementAndGet();
            }
            return Health.healthy();
        });
        assertThat(told(child, HealthStatus.HEALTHY)).isEmpty();
        allGoesOn();
        schedule.end(child);
        goodRuns.drainPermits();
        assertThat(goodRuns.tryAcquire(5, 30, TimeUnit.SECONDS)).as("the neighbour's goes on").isTrue();
        assertThat(leaked.get()).isPositive();
    }

    private void awaitOver() {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aFactoryThatThrows() throws Exception {
        hostileMaking(() -> {
            throw new ExceptionInInitializerError("no driver");
        });
        allGoesOn();
        assertThat(told(neighbour, HealthStatus.HEALTHY)).isEmpty();
    }

    @Test
    @SuppressWarnings("NullAway")
    void aFactoryThatReturnsNull() throws Exception {
        hostileMaking(() -> null);
        allGoesOn();
        assertThat(told(neighbour, HealthStatus.HEALTHY)).isEmpty();
    }

    @Test
    @DisplayName("a factory that hangs: the child is taken for ready, and its other checks run")
    void aFactoryThatHangs() throws Exception {
        bad = () -> {
            while (over.getCount() > 0) {
                awaitOver();
                Thread.interrupted();
            }
            return Health::healthy;
        };
        begin(child, shortly("bad", Role.READINESS), often("good"));
        while (true) {
            Event event = events.poll(30, TimeUnit.SECONDS);
            assertThat(event).as("ready within 30 s").isNotNull();
            if (event.equals(new Event.ReadyChanged(child, true))) {
                break;
            }
        }
        allGoesOn();
    }

    @Test
    @DisplayName("a close() that hangs: the next instance goes on without that check")
    void aCloseThatHangs() throws Exception {
        closing(() -> {
            while (over.getCount() > 0) {
                awaitOver();
                Thread.interrupted();
            }
        });
        assertThat(told(new InstanceId(child.path(), 2), HealthStatus.UNKNOWN)).contains("stuck");
        allGoesOn();
    }

    @Test
    @DisplayName("a close() that throws: the next instance has its check")
    void aCloseThatThrows() throws Exception {
        closing(() -> {
            throw new StackOverflowError("in close");
        });
        assertThat(told(new InstanceId(child.path(), 2), HealthStatus.HEALTHY)).isEmpty();
        allGoesOn();
    }

    private void closing(Runnable close) throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        bad = () -> new HealthCheck() {
            @Override
            public Health probe() {
                ran.countDown();
                return Health.healthy();
            }

            @Override
            public void close() {
                close.run();
            }
        };
        begin(child, shortly("bad", Role.LIVENESS), often("good"));
        assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
        schedule.end(child);
        begin(new InstanceId(child.path(), 2), often("bad"), often("good"));
    }

    private record Deadline(LongSupplier deadline, Semaphore probes) implements DeadlineCheck {
        @Override
        public Health probe() {
            probes.release();
            return Health.healthy();
        }

        @Override
        public long deadlineNanos() {
            return deadline.getAsLong();
        }
    }

    @Test
    void aDeadlineThatThrows() throws Exception {
        hostileMaking(() -> new Deadline(() -> {
            throw new IllegalStateException("no clock");
        }, new Semaphore(0)));
        assertThat(told(child, HealthStatus.DEGRADED)).contains("no clock");
        allGoesOn();
    }

    @Test
    void aDeadlineThatIsPastForEver() throws Exception {
        Semaphore probes = new Semaphore(0);
        hostileMaking(() -> new Deadline(() -> System.nanoTime() - Duration.ofDays(1).toNanos(), probes));
        assertThat(probes.tryAcquire(3, 30, TimeUnit.SECONDS)).isTrue();
        allGoesOn();
    }

    @Test
    @SuppressWarnings("NullAway")
    void aReasonThatIsNull() throws Exception {
        hostile(() -> Health.degraded(null));
        assertThat(told(child, HealthStatus.DEGRADED)).isEqualTo("bad: no reason given");
        allGoesOn();
    }

    @Test
    @DisplayName("a reason of 10 MB is cut at 1,000 characters")
    void aReasonThatIsEndless() throws Exception {
        hostile(() -> Health.degraded("x".repeat(10_000_000)));
        assertThat(told(child, HealthStatus.DEGRADED)).isEqualTo("bad: " + "x".repeat(Answers.LONGEST) + "…");
        allGoesOn();
    }

    @Test
    void aThrowableThatThrowsWhenItIsAsked() throws Exception {
        class Mute extends RuntimeException {
            private static final long serialVersionUID = 1;

            @Override
            public String getMessage() {
                throw new IllegalStateException("not even a message");
            }

            @Override
            public StackTraceElement[] getStackTrace() {
                throw new IllegalStateException("nor a trace");
            }
        }
        hostile(() -> {
            throw new Mute();
        });
        assertThat(told(child, HealthStatus.DEGRADED)).isEqualTo("bad: " + Mute.class.getName());
        schedule.end(child);

        bad = () -> {
            throw new Mute();
        };
        begin(new InstanceId(child.path(), 2), often("bad"), often("good"));
        allGoesOn();
    }

    @Test
    void aThrowableWithAMessageOfTenMegabytes() throws Exception {
        hostile(() -> {
            throw new IllegalStateException("x".repeat(10_000_000));
        });
        assertThat(told(child, HealthStatus.DEGRADED)).hasSize("bad: ".length() + Answers.LONGEST + 1);
        allGoesOn();
    }
}
