package dev.upkeep.supervise;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Runs schedules on all cores, and makes a short story of one that fails. */
final class Schedules {
    static final long DEFAULT = 200_000;
    private static final int STEPS = Integer.getInteger("upkeep.simulation.steps", 200);
    private static final int LEAST_EVENTS = 100;
    private static final int AT_ONCE = 16;
    private static final int SHOWN = 400;

    /** What a schedule has found. */
    static final class Violation extends AssertionError {
        private static final long serialVersionUID = 1L;
        final long seed;

        Violation(long seed, Throwable cause) {
            super("seed " + seed + ": " + cause, cause);
            this.seed = seed;
        }
    }

    private Schedules() {}

    /**
     * Runs so many schedules of at least a hundred events each; trees that end before are run too, and not counted.
     *
     * @throws Violation for the first that fails
     */
    static Counts run(long from, long wanted) {
        int threads = Runtime.getRuntime().availableProcessors();
        AtomicLong next = new AtomicLong(from);
        AtomicLong done = new AtomicLong();
        Counts all = new Counts();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<Counts>> parts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                parts.add(pool.submit(() -> some(next, done, wanted)));
            }
            for (Future<Counts> part : parts) {
                all.add(part.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Violation found ? found : new AssertionError(e.getCause());
        }
        return all;
    }

    private static Counts some(AtomicLong next, AtomicLong done, long wanted) {
        Counts counts = new Counts();
        try {
            while (done.get() < wanted) {
                long first = next.getAndAdd(AT_ONCE);
                long before = counts.schedules;
                for (long seed = first; seed < first + AT_ONCE && done.get() < wanted; seed++) {
                    tryOut(seed, counts);
                }
                done.addAndGet(counts.schedules - before);
            }
        } catch (Throwable t) {
            done.set(wanted);
            throw t;
        }
        return counts;
    }

    static List<Step> story(long seed) {
        return Step.story(seed, STEPS);
    }

    static void tryOut(long seed, Counts counts) {
        try {
            Simulation simulation = new Simulation(seed, counts, false);
            simulation.run(story(seed));
            counts.events += simulation.world.events;
            if (simulation.world.events >= LEAST_EVENTS) {
                counts.schedules++;
            } else {
                counts.shorter++;
            }
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            throw new Violation(seed, e);
        }
    }

    /** Tells the shortest story of a seed that fails: all steps are left out without which it fails as well. */
    static String shortest(long seed) {
        List<Step> kept = new ArrayList<>(story(seed));
        for (int size = kept.size() / 2; size >= 1; size /= 2) {
            for (int at = 0; at + size <= kept.size();) {
                List<Step> fewer = new ArrayList<>(kept.subList(0, at));
                fewer.addAll(kept.subList(at + size, kept.size()));
                if (failure(seed, fewer, false) != null) {
                    kept = fewer;
                } else {
                    at += size;
                }
            }
        }
        return "seed " + seed + ": " + failure(seed, kept, true);
    }

    private static @Nullable String failure(long seed, List<Step> steps, boolean tells) {
        Simulation simulation = new Simulation(seed, new Counts(), tells);
        try {
            simulation.run(steps);
            return null;
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            List<String> told = simulation.told();
            return e + "\n" + RandomTree.words(RandomTree.of(seed)) + "\n"
                    + String.join("\n", told.subList(Math.max(0, told.size() - SHOWN), told.size()))
                    + "\nat last: " + simulation.world.invariants.words();
        }
    }
}
