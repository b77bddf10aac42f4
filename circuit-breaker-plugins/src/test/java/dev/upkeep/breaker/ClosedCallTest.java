package dev.upkeep.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Classification;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class ClosedCallTest {
    private static final int CALLS = 200_000;

    private final VirtualContext context = new VirtualContext();

    @Test
    @DisplayName("C9 a call through a closed breaker allocates nothing, whatever its type")
    void allocatesNothing() throws Exception {
        for (CircuitBreaker breaker : List.of(Made.of(Made.consecutive(5, 1), context),
                Made.of(Made.count(5, Duration.ofSeconds(60)), context),
                Made.of(Made.rate("100", 20, 0.5), context),
                Made.of(Made.rate("60s", 20, 0.5), context))) {
            Callable<String> call = () -> "done";
            Classification classification = Classification.STANDARD.failingOn("failed"::equals);
            call(breaker, call, classification);

            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            call(breaker, call, classification);
            long bytes = threads.getCurrentThreadAllocatedBytes() - before;

            // A byte for ten calls is what else the JVM may do on this thread.
            assertThat(bytes).isLessThan(CALLS / 10);
            assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        }
    }

    private static void call(
            CircuitBreaker breaker,
            Callable<String> call,
            Classification classification) throws Exception {
        for (int i = 0; i < CALLS / 2; i++) {
            breaker.call(call);
            breaker.call(call, classification);
        }
    }
}
