package dev.upkeep.api;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.upkeep.api.SupervisorSpec.AutoShutdown;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a program may not ask for is refused when it is built: with its name, the value, and what is allowed. */
final class BadInputTest {
    private static final Duration NEGATIVE = ofSeconds(-1);
    private static final Consumer<ChildBuilder> IDLE = c -> c.component(() -> context -> {});

    private static ThrowingCallable shop(UnaryOperator<SupervisorBuilder> what) {
        return () -> what.apply(Supervisor.named("shop")).build();
    }

    private static ThrowingCallable child(Consumer<ChildBuilder> what) {
        return shop(s -> s.child("web", IDLE.andThen(what)));
    }

    private static ThrowingCallable check(UnaryOperator<CheckValues> what) {
        return () -> what.apply(new CheckValues()).build();
    }

    /** A check with one thing changed. */
    private static final class CheckValues {
        Role role = Role.LIVENESS;
        Duration interval = ofSeconds(10);
        Duration timeout = ofSeconds(5);
        Duration initialDelay = ZERO;
        int failures = 3;
        int successes = 1;
        OptionalInt degraded = OptionalInt.empty();
        double jitter = 0.1;

        CheckSpec build() {
            return new CheckSpec(Choice.of("tcp"), "port", role, interval, timeout, initialDelay, failures,
                    successes,
                    degraded, jitter);
        }
    }

    private static Arguments refused(String what, ThrowingCallable attempt, String... inTheMessage) {
        return arguments(what, attempt, List.of(inTheMessage));
    }

    static Stream<Arguments> badInput() {
        return Stream.of(
                refused("a duplicate id", shop(s -> s.child("web", IDLE).child("web", IDLE)), "'web'",
                        "unique"),
                refused("a pool's member with the id of a child",
                        shop(s -> s.child("w-1", IDLE).children("w", 2, i -> IDLE)), "'w-1'", "unique"),
                refused("two pools of one name",
                        shop(s -> s.children("w", 0, i -> IDLE).children("w", 0, i -> IDLE)), "pools", "'w'"),
                refused("a pool below zero", shop(s -> s.children("w", -1, i -> IDLE)), "'w'", "-1",
                        "0 to 1000000"),
                refused("a pool above all measure", shop(s -> s.children("w", 1_000_001, i -> IDLE)), "'w'",
                        "1000001",
                        "0 to 1000000"),
                refused("a member that has nothing to do",
                        shop(s -> s.children("w", 3, i -> i < 2 ? IDLE : c -> {})),
                        "'w-2'", "component, a process or a supervisor"),
                refused("a pool's name that is no id", shop(s -> s.children("a/b", 1, i -> IDLE)), "'a/b'",
                        "letters"),
                refused("a member of a pool that is not there",
                        () -> spec(new ChildBuilder("w-0").component(() -> context -> {})
                                .pool(java.util.Optional.of("w"))
                                .build()),
                        "'w-0'",
                        "'w'", "none"),
                refused("a child that has nothing to do", shop(s -> s.child("web", c -> {})), "'web'",
                        "component, a process or a supervisor"),
                refused("a path as the root's name", () -> Supervisor.named("a/b").build(), "'a/b'",
                        "letters"),
                refused("a path as an id", shop(s -> s.child("a/b", IDLE)), "'a/b'", "letters"),
                refused("a path as a breaker's name",
                        shop(s -> s.breaker("shop/web", Choice.of("consecutive"))),
                        "'shop/web'", "letters"),
                refused("a breaker that is not there",
                        shop(s -> s.breaker("db", Choice.of("consecutive"))
                                .child("web", IDLE.andThen(c -> c.breaker(BreakerUse.shared("dp"))))),
                        "'web'", "'dp'", "'db'"),
                refused("a breaker that is nobody's",
                        () -> new BreakerUse(Optional.empty(), Optional.empty(), OptionalInt.empty(),
                                Duration.ZERO),
                        "shared", "own",
                        "neither"),
                refused("a breaker of two kinds",
                        () -> new BreakerUse(Optional.of("db"), Optional.of(Choice.of("failure-rate")),
                                OptionalInt.empty(), Duration.ZERO),
                        "shared", "own", "'db'", "failure-rate"),
                refused("a breaker that escalates after nothing",
                        () -> new BreakerUse(Optional.of("db"), Optional.empty(), OptionalInt.of(0),
                                Duration.ZERO),
                        "escalateAfter",
                        "at least 1", "0"),
                refused("a start that is stable before it is ready",
                        () -> new BreakerUse(Optional.of("db"), Optional.empty(), OptionalInt.empty(),
                                Duration.ofSeconds(-1)),
                        "stableFor", "negative", "-1"),
                refused("an unknown sibling",
                        shop(s -> s.child("db", IDLE).child("web", IDLE.andThen(c -> c.after("bd")))),
                        "'web'", "'bd'",
                        "'db'"),
                refused("an unknown sibling among very many",
                        shop(s -> s.children("w", 1000, i -> IDLE)
                                .child("web", IDLE.andThen(c -> c.after("bd")))),
                        "'web'", "'bd'", "'w-0'", "and 991 more"),
                refused("a child that comes after itself", child(c -> c.after("web")), "web after web"),
                refused("a circle",
                        shop(s -> s.child("a", IDLE.andThen(c -> c.after("b")))
                                .child("b", IDLE.andThen(c -> c.after("a")))),
                        "a after b after a"),
                refused("a significant child under never",
                        child(c -> c.restart(RestartType.TRANSIENT).significant(true)),
                        "'web'", "never", "any-significant or all-significant"),
                refused("a significant child that is permanent",
                        shop(s -> s.autoShutdown(AutoShutdown.ANY_SIGNIFICANT)
                                .child("web", IDLE.andThen(c -> c.significant(true)))),
                        "'web'", "transient or temporary", "permanent"),
                refused("fewer children than none", shop(s -> s.maxChildren(-1)), "maxChildren", "at least 0",
                        "-1"),
                refused("more children than it may have",
                        shop(s -> s.maxChildren(1).child("a", IDLE).child("b", IDLE)),
                        "maxChildren", "2", "at most 1"),
                refused("a pool larger than its supervisor may be",
                        shop(s -> s.maxChildren(9).children("w", 10, i -> IDLE)),
                        "maxChildren", "10", "at most 9"),
                refused("a supervisor with checks",
                        shop(s -> s.child("web", c -> c.supervisor(w -> {}).check(Choice.of("tcp")))),
                        "'web'",
                        "supervisor"),
                refused("two checks of one name",
                        child(c -> c.check(Choice.of("tcp")).readyWhen(Choice.of("tcp"))),
                        "'web'", "'tcp'", "give one a name"),
                refused("a process without a program", shop(s -> s.child("p", c -> c.process())), "program",
                        "[]"),
                refused("a process whose program is nothing",
                        shop(s -> s.child("p", c -> c.process("", "x"))),
                        "program", "[, x]"),
                refused("a negative budget", shop(s -> s.intensity(-1, ofSeconds(1))), "intensity.max", "-1",
                        "at least 0"),
                refused("a budget's window of nothing", shop(s -> s.intensity(1, ZERO)), "intensity.within",
                        "PT0S",
                        "longer than zero"),
                refused("a negative window", shop(s -> s.intensity(1, NEGATIVE)), "intensity.within", "PT-1S",
                        "longer than zero"),
                refused("no time to start", child(c -> c.startTimeout(ZERO)), "startTimeout", "'web'", "PT0S",
                        "longer than zero"),
                refused("less than no time to start", child(c -> c.startTimeout(NEGATIVE)), "startTimeout",
                        "'web'",
                        "PT-1S", "longer than zero"),
                refused("less than no time to stop", child(c -> c.stopTimeout(NEGATIVE)), "stop timeout",
                        "PT-1S",
                        "zero (kill at once) or longer"),
                refused("no time to shut down", shop(s -> s.shutdownTimeout(ZERO)), "shutdownTimeout", "PT0S",
                        "longer than zero"),
                refused("less than no time to shut down", shop(s -> s.shutdownTimeout(NEGATIVE)),
                        "shutdownTimeout",
                        "PT-1S", "longer than zero"),
                refused("no starts at once", shop(s -> s.maxConcurrentStarts(0)), "maxConcurrentStarts",
                        "at least 1",
                        "0"),
                refused("no starts per second", shop(s -> s.startRate(0, 1)), "startRate", "above zero",
                        "0.0"),
                refused("starts that are no number", shop(s -> s.startRate(Double.NaN, 1)), "startRate",
                        "above zero",
                        "NaN"),
                refused("a burst of nothing", shop(s -> s.startRate(1, 0)), "burst", "at least 1", "0"),
                refused("a check without pause", check(c -> {
                    c.interval = ZERO;
                    return c;
                }), "interval", "'port'", "PT0S", "longer than zero"),
                refused("a check without time", check(c -> {
                    c.timeout = NEGATIVE;
                    return c;
                }), "timeout", "'port'", "PT-1S", "longer than zero"),
                refused("a check before the start", check(c -> {
                    c.initialDelay = NEGATIVE;
                    return c;
                }), "initialDelay", "'port'", "PT-1S", "not be negative"),
                refused("failures that count before they happen", check(c -> {
                    c.failures = 0;
                    return c;
                }), "failureThreshold", "'port'", "0", "at least 1"),
                refused("successes that count before they happen", check(c -> {
                    c.role = Role.READINESS;
                    c.successes = 0;
                    return c;
                }), "successThreshold", "'port'", "0", "at least 1"),
                refused("a liveness check that wants two successes", check(c -> {
                    c.successes = 2;
                    return c;
                }), "successThreshold", "'port'", "2", "fixed at 1"),
                refused("a degraded threshold of nothing", check(c -> {
                    c.degraded = OptionalInt.of(0);
                    return c;
                }), "degradedThreshold", "'port'", "0", "at least 1"),
                refused("more jitter than there is", check(c -> {
                    c.jitter = 1.5;
                    return c;
                }), "jitter", "'port'", "1.5", "from 0 to 1"),
                refused("jitter that is no number", check(c -> {
                    c.jitter = Double.NaN;
                    return c;
                }), "jitter", "'port'", "NaN", "from 0 to 1"),
                refused("an apply to another tree",
                        () -> SpecDiff.between(Supervisor.named("shop").build(),
                                Supervisor.named("stall").build()),
                        "'shop'", "'stall'", "keeps its name"));
    }

    private static SupervisorSpec spec(ChildSpec child) {
        SupervisorSpec empty = Supervisor.named("shop").build().root();
        return new SupervisorSpec(empty.strategy(), empty.intensity(), empty.onGiveUp(),
                empty.onStartFailure(),
                empty.startOrder(), empty.autoShutdown(), empty.maxChildren(), Map.of(), List.of(child));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badInput")
    void isRefusedWithTheNameTheValueAndWhatIsAllowed(
            String what,
            ThrowingCallable attempt,
            List<String> expected) {
        assertThatThrownBy(attempt).as(what)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(expected.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ".", "..", "-a", "a b", "a\tb", "a\nb", "a\u0000b", "ä", "ı", "a%b",
            "a:b"})
    void anIdThatCannotBeAPathSegmentIsRefused(String id) {
        assertThatThrownBy(shop(s -> s.child(id, IDLE))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("'" + id + "'", ChildPath.ID_RULE);
    }

    @Test
    void anIdHasAtMostAHundredCharacters() {
        assertThatCode(shop(s -> s.child("x".repeat(100), IDLE))).doesNotThrowAnyException();
        assertThatThrownBy(shop(s -> s.child("x".repeat(101), IDLE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 100");
    }

    @SuppressWarnings("NullAway") // what a program without null checks may do
    @Test
    void aComponentWithoutAFactoryIsRefusedByItsName() {
        assertThatThrownBy(shop(s -> s.child("web", c -> c.component(null)))).hasMessageContainingAll("'web'",
                "factory", "null");
    }

    @Test
    void whatIsUnusualAndMakesSenseIsAllowed() {
        assertThatCode(shop(s -> s)).as("a supervisor without children").doesNotThrowAnyException();
        assertThatCode(shop(s -> s.maxChildren(0))).doesNotThrowAnyException();
        assertThatCode(shop(s -> s.children("w", 0, i -> IDLE))).as("an empty pool")
                .doesNotThrowAnyException();
        assertThatCode(shop(s -> s.intensity(0, Duration.ofNanos(1)))).doesNotThrowAnyException();
        assertThatCode(child(c -> c.stop(StopRule.brutal()))).doesNotThrowAnyException();
        assertThatCode(child(c -> c.stop(StopRule.infinite()))).doesNotThrowAnyException();
        assertThatCode(child(c -> c.startTimeout(Duration.ofSeconds(Long.MAX_VALUE))))
                .doesNotThrowAnyException();
    }
}
