package com.example.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.breaker.BreakerOpenException;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.CircuitBreaker.View;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.settings.Choice;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The breaker in a real tree, found by its name: a component calls through it, and its starts are gated by it. */
class InATreeTest {
    private static final Choice OURS = Choice.of("resilience4j", new Resilience4jFactory.Settings(50, 100,
            Duration.ofSeconds(60), SlidingWindowType.COUNT_BASED, 4, 4, Duration.ofMillis(300), Optional.of(1),
            Duration.ofSeconds(60)));

    @Test
    void aComponentCallsThroughIt() throws Exception {
        CompletableFuture<CircuitBreaker> lent = new CompletableFuture<>();
        try (Supervisor shop = Supervisor.named("shop")
                .breaker("remote", OURS)
                .child("orders", c -> c.component(() -> context -> {
                    lent.complete(context.breaker("remote"));
                    context.awaitStop(Duration.ofMinutes(5));
                }))
                .start()) {
            CircuitBreaker breaker = lent.get(20, TimeUnit.SECONDS);
            BlockingQueue<View> changes = new LinkedBlockingQueue<>();
            breaker.onChange(changes::add);

            for (int call = 0; call < 4; call++) {
                assertThrows(IOException.class, () -> breaker.call(() -> {
                    throw new IOException("the remote is away");
                }));
            }

            assertEquals(BreakerState.OPEN, next(changes).state());
            assertEquals(BreakerState.HALF_OPEN, next(changes).state());
            assertEquals("order 1", breaker.call(() -> "order 1"));
            assertEquals(BreakerState.CLOSED, next(changes).state());
            assertEquals(BreakerState.CLOSED, shop.breaker("remote").orElseThrow().view().state());
        }
    }

    @Test
    void aRefusedCallSaysWhy() throws Exception {
        CompletableFuture<String> refused = new CompletableFuture<>();
        try (Supervisor shop = Supervisor.named("shop")
                .breaker("remote", OURS)
                .child("orders", c -> c.component(() -> context -> {
                    CircuitBreaker breaker = context.breaker("remote");
                    while (!refused.isDone()) {
                        try {
                            breaker.call(() -> {
                                throw new IOException("the remote is away");
                            });
                        } catch (BreakerOpenException e) {
                            refused.complete(e.getMessage());
                        } catch (IOException e) {
                            // It is counted.
                        }
                    }
                    context.awaitStop(Duration.ofMinutes(5));
                }))
                .start()) {
            String why = refused.get(20, TimeUnit.SECONDS);
            assertTrue(why.startsWith("breaker 'remote' is open: 100.0 % failed and 0.0 % were slow of "), why);
            assertTrue(shop.breaker("remote").isPresent());
        }
    }

    @Test
    void aChildThatFailsToStartAgainAndAgainIsSuspendedByItAndTriedAgain() throws Exception {
        BlockingQueue<TreeEvent> events = new LinkedBlockingQueue<>();
        try (Supervisor shop = Supervisor.named("shop")
                .intensity(1_000, Duration.ofSeconds(1))
                .listener(events::add)
                .child("worker", c -> c.component(() -> context -> {
                    throw new IllegalStateException("no database");
                }).backoff(Choice.of("immediate")).breaker(BreakerUse.own(OURS)))
                .start()) {
            next(events, EventKind.SUSPENDED);
            next(events, EventKind.TRIAL);
            next(events, EventKind.SUSPENDED);
            assertTrue(shop.count(EventKind.EXITED) >= 5);
        }
    }

    private static View next(BlockingQueue<View> changes) throws InterruptedException {
        return Optional.ofNullable(changes.poll(20, TimeUnit.SECONDS)).orElseThrow();
    }

    private static TreeEvent next(BlockingQueue<TreeEvent> events, EventKind kind) throws InterruptedException {
        TreeEvent event;
        do {
            event = Optional.ofNullable(events.poll(20, TimeUnit.SECONDS)).orElseThrow();
        } while (event.kind() != kind);
        return event;
    }
}
