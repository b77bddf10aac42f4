package dev.upkeep.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Permit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** C1 to C8 at random, beside a model that is slow and obvious. */
final class RandomScheduleTest {
    private static final int SCHEDULES = 600;
    private static final int STEPS = 400;
    private static final Duration SLOW = Duration.ofSeconds(5);

    private record Pair(Permit permit, Model.Held held) {}

    @Test
    @DisplayName("C1 to C8 consecutive failures agree with the model")
    void consecutive() {
        for (int seed = 0; seed < SCHEDULES; seed++) {
            int failures = 1 + seed % 4;
            int trials = 1 + seed % 3;
            VirtualContext context = new VirtualContext();
            run(seed, context, () -> Made.of(Made.consecutive(failures, trials), context),
                    new Model(calls -> last(calls, failures).filter(last -> last.stream()
                            .allMatch(Model.Call::failed)).isPresent(), trials, Long.MAX_VALUE));
        }
    }

    @Test
    @DisplayName("C1 to C8 a count of failures agrees with the model")
    void count() {
        long within = Duration.ofSeconds(60).toNanos();
        for (int seed = 0; seed < SCHEDULES; seed++) {
            int failures = 1 + seed % 5;
            VirtualContext context = new VirtualContext();
            run(seed, context, () -> Made.of(Made.count(failures, Duration.ofNanos(within)), context),
                    new Model(calls -> {
                        long now = calls.getLast().at();
                        return calls.getLast().failed() && calls.stream()
                                .filter(call -> call.failed() && now - call.at() <= within)
                                .count() >= failures;
                    }, 1, Long.MAX_VALUE));
        }
    }

    @Test
    @DisplayName("C1 to C8 a failure rate over calls agrees with the model")
    void rateOverCalls() {
        for (int seed = 0; seed < SCHEDULES; seed++) {
            int window = 1 + seed % 37;
            int minimum = Math.min(window, 1 + seed % 11);
            VirtualContext context = new VirtualContext();
            run(seed, context,
                    () -> Made.of(Made.rate(Integer.toString(window), minimum, 0.5), context),
                    new Model(calls -> {
                        // Buckets are cut at multiples of their width, whatever is in them.
                        int width = (window + 9) / 10;
                        int from = Math.max(0, calls.size() - window) / width * width;
                        return opens(calls.subList(from, calls.size()), minimum);
                    }, 1, SLOW.toNanos()));
        }
    }

    @Test
    @DisplayName("C1 to C8 a failure rate over time agrees with the model")
    void rateOverTime() {
        for (int seed = 0; seed < SCHEDULES; seed++) {
            int minimum = 1 + seed % 11;
            VirtualContext context = new VirtualContext();
            TimeWindow rule = new TimeWindow(minimum, Duration.ofSeconds(6).toNanos());
            Model model = new Model(rule, 1, SLOW.toNanos());
            rule.model = Optional.of(model);
            run(seed, context, () -> Made.of(Made.rate("60s", minimum, 0.5), context), model);
        }
    }

    private static final class TimeWindow implements Model.Rule {
        private final int minimum;
        private final long width;
        private Optional<Model> model = Optional.empty();

        TimeWindow(int minimum, long width) {
            this.minimum = minimum;
            this.width = width;
        }

        @Override
        public boolean opens(List<Model.Call> calls) {
            long since = model.orElseThrow().closedAt();
            long bucket = (calls.getLast().at() - since) / width;
            return RandomScheduleTest.opens(calls.stream()
                    .filter(call -> (call.at() - since) / width >= bucket - 10)
                    .toList(), minimum);
        }
    }

    private static boolean opens(List<Model.Call> calls, int minimum) {
        long failed = calls.stream().filter(Model.Call::failed).count();
        long slow = calls.stream().filter(Model.Call::slow).count();
        return calls.size() >= minimum && (2 * failed >= calls.size() || slow == calls.size());
    }

    private static Optional<List<Model.Call>> last(List<Model.Call> calls, int number) {
        return calls.size() < number
                ? Optional.empty()
                : Optional.of(calls.subList(calls.size() - number, calls.size()));
    }

    private static void run(int seed, VirtualContext context, Supplier<CircuitBreaker> made, Model model) {
        Random random = new Random(seed);
        CircuitBreaker breaker = made.get();
        List<Pair> out = new ArrayList<>();
        int failing = random.nextInt(100);
        for (int i = 0; i < STEPS; i++) {
            switch (random.nextInt(24)) {
                case 0, 1, 2, 3 -> {
                    long nanos = random.nextLong(Duration.ofSeconds(random.nextBoolean() ? 3 : 50).toNanos());
                    context.advance(Duration.ofNanos(nanos));
                    model.advance(nanos);
                }
                case 4 -> {
                    boolean granted = model.grantsByHand();
                    Optional<Permit> permit = breaker.tryByHand(Duration.ofSeconds(60));
                    assertThat(permit.isPresent()).as(where(seed, i)).isEqualTo(granted);
                    permit.ifPresent(p -> out.add(new Pair(p, model.takeByHand())));
                }
                case 5 -> {
                    if (random.nextInt(20) == 0) {
                        BreakerState state = List.of(BreakerState.CLOSED, BreakerState.FORCED_OPEN,
                                BreakerState.DISABLED, BreakerState.METRICS_ONLY).get(random.nextInt(4));
                        breaker.force(state, "by chance");
                        model.force(state);
                    } else if (random.nextInt(5) == 0 && model.state() != BreakerState.CLOSED) {
                        breaker.reset();
                        model.force(BreakerState.CLOSED);
                    }
                }
                case 6 -> {
                    if (random.nextInt(10) == 0) {
                        CircuitBreaker.Snapshot snapshot = breaker.snapshot().orElseThrow();
                        breaker.close();
                        breaker = made.get();
                        breaker.restore(snapshot);
                        model.restart();
                        context.advance(Duration.ZERO);
                        model.advance(0);
                    }
                }
                case 7, 8, 9, 10, 11, 12 -> {
                    boolean granted = model.grants();
                    Optional<Permit> permit = breaker.tryAcquire();
                    assertThat(permit.isPresent()).as(where(seed, i)).isEqualTo(granted);
                    permit.ifPresent(p -> out.add(new Pair(p, model.take())));
                }
                default -> {
                    if (!out.isEmpty()) {
                        Pair pair = out.remove(random.nextInt(out.size()));
                        report(pair, model, random.nextInt(100), failing);
                    }
                }
            }
            assertThat(breaker.view().state()).as(where(seed, i)).isEqualTo(model.state());
            assertThat(breaker.view().epoch()).as(where(seed, i)).isEqualTo(model.epoch());
            CircuitBreaker.Snapshot snapshot = breaker.snapshot().orElseThrow();
            assertThat(snapshot.step()).as(where(seed, i)).isEqualTo(model.step());
            if (model.state() == BreakerState.OPEN) {
                assertThat(snapshot.untilTrial().orElseThrow()).as(where(seed, i))
                        .isEqualTo(Duration.ofNanos(model.untilTrial()));
            }
        }
        breaker.close();
        assertThat(context.pendingTimers()).as(where(seed, STEPS)).isZero();
    }

    private static void report(Pair pair, Model model, int dice, int failing) {
        if (dice < 10) {
            pair.permit().ignore();
            model.ignore(pair.held());
        } else if (dice % 90 < failing * 90 / 100) {
            pair.permit().failure(new IOException("by chance"));
            model.report(pair.held(), true);
        } else {
            pair.permit().success();
            model.report(pair.held(), false);
        }
    }

    private static String where(int seed, int step) {
        return "seed " + seed + ", step " + step;
    }
}
