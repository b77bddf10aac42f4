package dev.upkeep.inject;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.Component;
import dev.upkeep.api.Reply;
import dev.upkeep.api.StartFailedException;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.settings.Choice;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a tree cannot be is refused before anything of it starts, and what it cannot become while it runs, too. */
@Timeout(60)
final class BadTreesTest {
    private static final ChildPath SHOP = new ChildPath("shop");

    private final AtomicInteger made = new AtomicInteger();
    private final Callable<Component> good = () -> {
        made.incrementAndGet();
        return context -> context.awaitStop(ofSeconds(60));
    };

    private static Arguments bad(String what, UnaryOperator<SupervisorBuilder> tree, String... words) {
        return Arguments.of(what, tree, List.of(words));
    }

    static Stream<Arguments> badTrees() {
        return Stream.of(
                bad("a duplicate id", s -> s.child("good", () -> context -> {}), "'good'", "unique"),
                bad("an unknown strategy", s -> s.strategy("one-for-al"), "one-for-al", "one-for-all"),
                bad("an unknown strategy further down", s -> s.supervisor("etl", e -> e.strategy("all")),
                        "all",
                        "one-for-all"),
                bad("an unknown back-off",
                        s -> s.child("b", c -> c.component(() -> context -> {}).backoff(Choice.of("expo"))),
                        "expo",
                        "exponential"),
                bad("an unknown check",
                        s -> s.child("b", c -> c.component(() -> context -> {}).check(Choice.of("tpc"))),
                        "tpc",
                        "tcp"),
                bad("an unknown type of breaker", s -> s.breaker("db", Choice.of("failures")), "failures",
                        "failure-rate"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badTrees")
    void nothingOfItIsStarted(String what, UnaryOperator<SupervisorBuilder> tree, List<String> words) {
        assertThatThrownBy(() -> tree.apply(Supervisor.named("shop").child("good", good)).start()).as(what)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(words.toArray(String[]::new));
        assertThat(made).hasValue(0);
    }

    @SuppressWarnings("NullAway") // what a program without null checks may do
    @Test
    void aFactoryThatReturnsNothingFailsTheStartNamingTheChild() {
        assertThatThrownBy(() -> Supervisor.named("shop").child("empty", () -> null).start())
                .isInstanceOfSatisfying(StartFailedException.class,
                        e -> assertThat(e.path()).isEqualTo(SHOP.child("empty")))
                .hasMessageContaining("its factory returned nothing");
    }

    @Test
    void whatItCannotBecomeChangesNothing() throws Exception {
        try (Supervisor shop = Supervisor.named("shop")
                .maxChildren(2)
                .child("good", good)
                .children("w", 1, i -> c -> c.component(good))
                .start()) {
            List<ChildPath> before = shop.list().stream().map(c -> c.path()).toList();

            assertThat(shop.add(SHOP, "more", c -> c.component(good)).get()).satisfies(reply -> {
                assertThat(reply.kind()).isEqualTo(Reply.Kind.LIMIT);
                assertThat(reply.text()).contains("2");
            });
            assertThat(shop.scale(SHOP.child("w"), 5).get().kind()).isEqualTo(Reply.Kind.LIMIT);
            assertThat(shop.add(SHOP, "good", c -> c.component(good)).get()).satisfies(reply -> {
                assertThat(reply.kind()).isEqualTo(Reply.Kind.ALREADY_PRESENT);
                assertThat(reply.text()).contains("good");
            });
            assertThat(shop.add(SHOP.child("nowhere"), "x", c -> c.component(good)).get())
                    .satisfies(reply -> {
                        assertThat(reply.kind()).isEqualTo(Reply.Kind.NOT_FOUND);
                        assertThat(reply.text()).contains("nowhere");
                    });
            assertThat(shop.scale(SHOP.child("v"), 1).get().kind()).isEqualTo(Reply.Kind.NOT_FOUND);
            assertThatThrownBy(() -> shop.scale(SHOP.child("w"), -1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("'w'", "-1", "0 to 1000000");
            assertThatThrownBy(() -> shop.add(SHOP, "x", c -> c.component(good).backoff(Choice.of("expo"))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("expo", "exponential");
            assertThatThrownBy(() -> shop.apply(Supervisor.named("stall").build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("'shop'", "'stall'");
            assertThatThrownBy(() -> shop.apply(Supervisor.named("shop").strategy("all").build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("all");

            assertThat(shop.list().stream().map(c -> c.path()).toList()).isEqualTo(before);
            assertThat(made).hasValue(2);
        }
    }
}
