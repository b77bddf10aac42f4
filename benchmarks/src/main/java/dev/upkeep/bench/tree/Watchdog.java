package dev.upkeep.bench.tree;

import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Ends a row one of whose steps does not end: whatever hangs there cannot be asked to stop. */
final class Watchdog {
    private final long limitNanos;
    private final Consumer<String> onLate;
    private volatile @Nullable Step step;

    private record Step(String what, long deadline) {}

    /** @param onLate called once, on the watchdog's thread, with the step that was late */
    Watchdog(int seconds, Consumer<String> onLate) {
        this.limitNanos = seconds * 1_000_000_000L;
        this.onLate = onLate;
        Thread.ofPlatform().daemon().name("bench-watchdog").start(this::watch);
    }

    <T> T within(String what, Callable<T> work) throws Exception {
        step = new Step(what, System.nanoTime() + limitNanos);
        try {
            return work.call();
        } finally {
            step = null;
        }
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(50);
                Step now = step;
                if (now != null && System.nanoTime() - now.deadline() > 0) {
                    onLate.accept(now.what());
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
