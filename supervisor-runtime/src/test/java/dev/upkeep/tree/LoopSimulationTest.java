package dev.upkeep.tree;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import dev.upkeep.supervise.Stories;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Random stories in random trees, through the real loop. Each seed is one; {@code -Dupkeep.loop-simulation.seed=N} runs that
 * one alone, and {@code -Dupkeep.loop-simulation.schedules=N} as many instead of the default.
 */
class LoopSimulationTest {
    private static final long DEFAULT = 2_000;
    private static final int SHOWN = 400;
    private static final String OF_A_PORT = "an action could not be carried out; the loop goes on";
    /** The story that runs on this thread. */
    private static final ThreadLocal<@Nullable LoopSimulation> PRESENT = new ThreadLocal<>();

    /** What is logged in a story is part of it, and nothing to show on the console. */
    private static final class Listening extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            LoopSimulation present = PRESENT.get();
            if (present != null && event.getLevel() == Level.ERROR) {
                if (event.getMessage().equals(OF_A_PORT)) {
                    present.logged++;
                } else {
                    IThrowableProxy proxy = event.getThrowableProxy();
                    present.world.violated("logged: " + event.getMessage(),
                            proxy instanceof ThrowableProxy known ? known.getThrowable() : null);
                }
            }
        }
    }

    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.upkeep.tree");
    private final Listening listening = new Listening();

    @BeforeEach
    void listen() {
        listening.start();
        logger.addAppender(listening);
        logger.setAdditive(false);
    }

    @AfterEach
    void listenNoMore() {
        logger.setAdditive(true);
        logger.detachAppender(listening);
    }

    private static final class Totals {
        final AtomicLong schedules = new AtomicLong();
        final AtomicLong steps = new AtomicLong();
        final AtomicLong starts = new AtomicLong();
        final AtomicLong requests = new AtomicLong();
        final AtomicLong thrown = new AtomicLong();

        @Override
        public String toString() {
            return schedules + " schedules, " + steps + " steps, " + starts + " starts, " + requests
                    + " requests, " + thrown + " ports that threw";
        }
    }

    @Test
    void theLoopKeepsWhatItPromisesInEveryStory() throws Exception {
        Totals totals = new Totals();
        Long one = Long.getLong("upkeep.loop-simulation.seed");
        if (one != null) {
            tryOut(one, totals);
            return;
        }
        long wanted = Long.getLong("upkeep.loop-simulation.schedules", DEFAULT);
        long start = System.nanoTime();
        runAll(wanted, totals);
        System.out.println(
                "simulated the loop in " + (System.nanoTime() - start) / 1_000_000 + " ms: " + totals);

        assertThat(totals.schedules).hasValue(wanted);
        assertThat(totals.thrown).hasPositiveValue();
        assertThat(totals.starts).hasValueGreaterThan(wanted);
        assertThat(totals.requests).hasValueGreaterThan(wanted);
    }

    private static void runAll(long wanted, Totals totals) throws InterruptedException {
        AtomicLong next = new AtomicLong(1);
        try (ExecutorService pool = Executors
                .newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            List<Future<?>> parts = new ArrayList<>();
            for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
                parts.add(pool.submit(() -> {
                    for (long seed = next.getAndIncrement(); seed <= wanted; seed = next.getAndIncrement()) {
                        try {
                            tryOut(seed, totals);
                        } catch (Throwable t) {
                            next.set(wanted + 1);
                            throw t;
                        }
                    }
                }));
            }
            for (Future<?> part : parts) {
                part.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof AssertionError found ? found : new AssertionError(e);
        }
    }

    private static void tryOut(long seed, Totals totals) {
        LoopSimulation simulation = new LoopSimulation(seed, false);
        Throwable fault = fault(simulation, LoopSimulation.story(seed));
        if (fault != null) {
            throw new AssertionError(shortest(seed), fault);
        }
        totals.schedules.incrementAndGet();
        totals.steps.addAndGet(simulation.steps);
        totals.starts.addAndGet(simulation.children.starts);
        totals.requests.addAndGet(simulation.seen.requests());
        totals.thrown.addAndGet(simulation.children.thrown);
    }

    private static @Nullable Throwable fault(LoopSimulation simulation, List<LoopSimulation.Deed> deeds) {
        PRESENT.set(simulation);
        try {
            simulation.run(deeds);
            return null;
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            return e;
        } finally {
            PRESENT.remove();
        }
    }

    /** Tells the shortest story of a seed that fails: all is left out without which it fails as well. */
    private static String shortest(long seed) {
        List<LoopSimulation.Deed> kept = new ArrayList<>(LoopSimulation.story(seed));
        for (int size = kept.size() / 2; size >= 1; size /= 2) {
            for (int at = 0; at + size <= kept.size();) {
                List<LoopSimulation.Deed> fewer = new ArrayList<>(kept.subList(0, at));
                fewer.addAll(kept.subList(at + size, kept.size()));
                if (fault(new LoopSimulation(seed, false), fewer) != null) {
                    kept = fewer;
                } else {
                    at += size;
                }
            }
        }
        LoopSimulation told = new LoopSimulation(seed, true);
        Throwable fault = fault(told, kept);
        List<String> lines = told.world.told;
        return "seed " + seed + ": " + fault + "\n" + Stories.words(Stories.tree(seed)) + "\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN), lines.size()));
    }
}
