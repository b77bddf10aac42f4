package dev.upkeep.health;

import static dev.upkeep.health.CompositeFactory.allOf;
import static dev.upkeep.health.CompositeFactory.anyOf;
import static dev.upkeep.health.CompositeFactory.quorumOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
final class CompositeTest {
    private final FakeContext context = new FakeContext();
    private final List<String> closed = Collections.synchronizedList(new ArrayList<>());

    /** A check that answers by a letter: healthy, degraded, unhealthy, or an error of its own. */
    private Choice member(String type, char answer) {
        return member(type, () -> switch (answer) {
            case 'H' -> Health.healthy();
            case 'D' -> Health.degraded("slow");
            case 'U' -> Health.unhealthy("down");
            default -> throw new IllegalStateException("broken");
        });
    }

    private Choice member(String type, HealthCheck check) {
        context.scripted.put(type, new HealthCheck() {
            @Override
            public Health probe() throws Exception {
                return check.probe();
            }

            @Override
            public void close() throws Exception {
                closed.add(type);
                check.close();
            }
        });
        return Choice.of(type);
    }

    private HealthCheck made(Choice composite) {
        return context.make(composite);
    }

    private Health ask(Choice composite) throws Exception {
        return Run.of(made(composite)).health();
    }

    private Choice[] members(String answers) {
        Choice[] members = new Choice[answers.length()];
        for (int i = 0; i < members.length; i++) {
            members[i] = member("m" + (i + 1), answers.charAt(i));
        }
        return members;
    }

    /** The whole table for three members, in whatever order; E is a check that fails itself. */
    @ParameterizedTest
    @CsvSource({"HHH,H,H,H", "HHE,E,H,H", "HHD,D,H,H", "HHU,U,H,H", "HEE,E,E,H", "HED,D,E,H", "HEU,U,E,H",
            "HDD,D,D,H", "HDU,U,D,H", "HUU,U,U,H", "EEE,E,E,E", "EED,D,E,E", "EEU,U,E,E", "EDD,D,D,E",
            "EDU,U,D,E", "EUU,U,U,E", "DDD,D,D,D", "DDU,U,D,D", "DUU,U,U,D", "UUU,U,U,U"})
    void theAnswerIsTheOneInItsPlaceWhenAllAreInOrder(String answers, char all, char quorum, char any)
            throws Exception {
        for (String order : List.of(answers, new StringBuilder(answers).reverse().toString(),
                answers.substring(1) + answers.charAt(0))) {
            assertThat(letter(allOf(members(order)))).as("all of %s", order).isEqualTo(all);
            assertThat(letter(quorumOf(2, members(order)))).as("two of %s", order).isEqualTo(quorum);
            assertThat(letter(anyOf(members(order)))).as("any of %s", order).isEqualTo(any);
        }
    }

    private char letter(Choice composite) throws Exception {
        try {
            return switch (made(composite).probe()) {
                case Health.Healthy healthy -> 'H';
                case Health.Degraded degraded -> 'D';
                case Health.Unhealthy unhealthy -> 'U';
            };
        } catch (IllegalStateException e) {
            return 'E';
        }
    }

    @Test
    void theReasonNamesEachThatIsNotWell() throws Exception {
        assertThat(ask(allOf(members("HDEU")))).isEqualTo(Health.unhealthy(
                "m2: slow; m3: failed itself, java.lang.IllegalStateException: broken; m4: down"));
        assertThat(ask(anyOf(members("DU")))).isEqualTo(Health.degraded("m1: slow; m2: down"));
    }

    @Test
    void twoOfOneTypeAreToldApartByTheirNumbers() throws Exception {
        Choice down = member("tcp", 'U');

        assertThat(ask(allOf(down, member("http", 'U'), down)))
                .isEqualTo(Health.unhealthy("tcp#1: down; http: down; tcp#3: down"));
    }

    @Test
    void aReasonIsBoundedHoweverMuchTheMembersSay() throws Exception {
        Choice loud = member("loud", () -> Health.unhealthy("x\n".repeat(100_000)));
        Choice[] sixteen = Collections.nCopies(16, loud).toArray(Choice[]::new);

        assertThat(ask(allOf(sixteen))).isInstanceOfSatisfying(Health.Unhealthy.class,
                found -> assertThat(found.reason()).hasSizeLessThan(16 * 320).doesNotContain("\n"));
    }

    @Test
    void h1OneThatAnswersNothingOrThrowsAnErrorHasFailedItself() throws Exception {
        Choice nothing = member("nothing", () -> nothing());
        Choice error = member("error", () -> {
            throw new StackOverflowError();
        });

        assertThat(Run.of(made(allOf(nothing, error))).thrown()).isInstanceOf(IllegalStateException.class)
                .hasMessage("nothing: failed itself, java.lang.IllegalStateException: it answered nothing; "
                        + "error: failed itself, java.lang.StackOverflowError")
                .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSize(2));
    }

    @SuppressWarnings("NullAway")
    private static Health nothing() {
        return null;
    }

    @Test
    void memoryThatIsExhaustedIsNeverSwallowed() throws Exception {
        Choice greedy = member("greedy", () -> {
            throw new OutOfMemoryError("test");
        });

        assertThat(Run.of(made(anyOf(greedy, member("down", 'U')))).thrown())
                .isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void allMembersRunAtOnce() throws Exception {
        CyclicBarrier together = new CyclicBarrier(3);
        HealthCheck meets = () -> {
            together.await();
            return Health.healthy();
        };

        assertThat(ask(allOf(member("a", meets), member("b", meets), member("c", meets))))
                .isEqualTo(Health.healthy());
    }

    @Test
    void aMemberOfAnotherPluginRunsWithItsOwnLoader() throws Exception {
        List<Optional<ClassLoader>> loaders = Collections.synchronizedList(new ArrayList<>());
        HealthCheck composite = made(allOf(member("seen", () -> {
            loaders.add(Optional.ofNullable(Thread.currentThread().getContextClassLoader()));
            return Health.healthy();
        })));
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try {
            composite.probe();
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }

        assertThat(loaders).containsExactly(Optional.of(CompositeTest.class.getClassLoader()));
    }

    @Test
    void enoughHealthyOnesAreNotHeldUpByOneThatHangs() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        Choice hangs = member("hangs", () -> {
            try {
                new CountDownLatch(1).await();
            } finally {
                interrupted.countDown();
            }
            return Health.unhealthy("never");
        });

        assertThat(ask(anyOf(hangs, member("well", 'H')))).isEqualTo(Health.healthy());
        assertThat(interrupted.getCount()).as("it was interrupted and has ended").isZero();
    }

    @Test
    void h1AnInterruptAtTheTimeoutEndsAllMembersTogether() throws Exception {
        CountDownLatch waiting = new CountDownLatch(3);
        AtomicInteger ended = new AtomicInteger();
        HealthCheck hangs = () -> {
            waiting.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                ended.incrementAndGet();
            }
            return Health.healthy();
        };
        Run run = Run.of(made(allOf(member("a", hangs), member("b", hangs), allOf(member("c", hangs)))));
        waiting.await();

        run.interrupt();

        assertThat(run.thrown()).isInstanceOf(InterruptedException.class);
        assertThat(ended).hasValue(3);
    }

    @Test
    void h6AMemberThatDoesNotEndKeepsTheWholeFromEnding() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Choice deaf = member("deaf", () -> {
            waiting.countDown();
            while (released.getCount() > 0) {
                try {
                    released.await();
                } catch (InterruptedException e) {
                    // It is deaf.
                }
            }
            return Health.healthy();
        });
        HealthCheck composite = made(allOf(deaf));
        CountDownLatch over = new CountDownLatch(1);
        Thread run = Thread.ofVirtual().start(() -> {
            try {
                composite.probe();
            } catch (Exception e) {
                over.countDown();
            }
        });
        waiting.await();
        run.interrupt();
        Await.that("it waits for its member again", () -> !run.isInterrupted()
                && List.of(run.getStackTrace()).toString().contains("endAll"));

        assertThat(over.getCount()).isEqualTo(1);
        released.countDown();
        over.await();
    }

    @Test
    void compositesMayHoldComposites() throws Exception {
        assertThat(ask(allOf(anyOf(members("UH")), quorumOf(1, member("x", 'H')))))
                .isEqualTo(Health.healthy());
        assertThat(ask(anyOf(allOf(member("db", 'U')), member("x", 'U'))))
                .isEqualTo(Health.unhealthy("composite: db: down; x: down"));
    }

    @Test
    void closingItClosesAllMembersWhateverTheyThrow() {
        Choice bad = member("bad", new HealthCheck() {
            @Override
            public Health probe() {
                return Health.healthy();
            }

            @Override
            public void close() {
                throw new AssertionError("would not close");
            }
        });
        HealthCheck composite = made(allOf(bad, member("good", 'H'), bad));

        assertThatThrownBy(composite::close).hasMessage("would not close")
                .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSize(1));
        assertThat(closed).containsExactly("bad", "good", "bad");
    }

    @Test
    void membersMadeBeforeOneThatCannotBeMadeAreClosed() {
        Choice[] members = {member("a", 'H'), Choice.of("no-such-check"), member("b", 'H')};

        assertThatThrownBy(() -> made(allOf(members))).hasMessageContaining("no-such-check");
        assertThat(closed).containsExactly("a");
    }

    @Test
    void aCheckThatWaitsForADeadlineElsewhereIsAskedLikeAnyOther() throws Exception {
        HealthCheck composite = made(allOf(HeartbeatFactory.heartbeat(Duration.ofSeconds(10))));

        assertThat(composite.probe()).isEqualTo(Health.healthy());
        context.advance(Duration.ofSeconds(10));
        assertThat(composite.probe()).isEqualTo(Health.unhealthy("heartbeat: silent for 10s"));
    }

    private CompositeFactory.Settings settings(
            CompositeFactory.Mode mode,
            Optional<Integer> quorum,
            int count) {
        return new CompositeFactory.Settings(mode, quorum, Collections.nCopies(count, Choice.of("a")));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 17})
    void oneToSixteenChecksAreTaken(int count) {
        assertThatThrownBy(() -> settings(CompositeFactory.Mode.ALL, Optional.empty(), count))
                .hasMessage("checks must be from 1 to 16, but are " + count);
    }

    @ParameterizedTest
    @CsvSource({"0", "-1", "4"})
    void aQuorumIsFromOneToTheNumberOfChecks(int quorum) {
        assertThatThrownBy(() -> settings(CompositeFactory.Mode.QUORUM, Optional.of(quorum), 3))
                .hasMessage("quorum must be from 1 to the number of checks, 3, but is " + quorum);
    }

    @Test
    void aQuorumIsGivenWithItsModeAndWithNoOther() {
        assertThatThrownBy(() -> settings(CompositeFactory.Mode.QUORUM, Optional.empty(), 3))
                .hasMessage("quorum must be given with mode quorum");
        assertThatThrownBy(() -> settings(CompositeFactory.Mode.ANY, Optional.of(2), 3))
                .hasMessage("quorum must be given with mode quorum alone, but is 2");
    }

    @Test
    void compositesAreAtMostThreeDeep() {
        Choice three = allOf(Choice.of("a"), anyOf(Choice.of("a"), allOf(Choice.of("a"))));

        assertThatThrownBy(() -> allOf(three))
                .hasMessage("checks must hold composites at most 3 deep, but it is 4");
    }
}
