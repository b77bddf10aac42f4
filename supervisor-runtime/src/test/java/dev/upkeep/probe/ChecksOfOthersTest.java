package dev.upkeep.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.DeadlineCheck;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.time.Timers.Cancellable;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** X1 What the context of a check lends it: other checks, and timers. */
final class ChecksOfOthersTest {
    private final VirtualTime time = new VirtualTime();
    private final List<Long> rang = new ArrayList<>();

    record None() {}

    record Where(@Default("/var/spool") Path queue) {}

    private record Composite(Function<CheckContext, HealthCheck> making) implements HealthCheckFactory<None> {
        @Override
        public String type() {
            return "composite";
        }

        @Override
        public Class<None> settings() {
            return None.class;
        }

        @Override
        public HealthCheck create(None settings, CheckContext context) {
            return making.apply(context);
        }
    }

    private static final class Depth implements HealthCheckFactory<Where> {
        @Override
        public String type() {
            return "depth";
        }

        @Override
        public Class<Where> settings() {
            return Where.class;
        }

        @Override
        public HealthCheck create(Where settings, CheckContext context) {
            return () -> Health
                    .degraded(settings.queue() + " of " + context.path() + "#" + context.generation());
        }
    }

    private InstanceId composite(Function<CheckContext, HealthCheck> making) {
        time.install(new Composite(making));
        return time.begin(Specs.check("composite", Role.LIVENESS));
    }

    /** Begins a check that does nothing but ask its context for something as it is made. */
    private InstanceId asking(Function<CheckContext, Object> asked) {
        return composite(context -> {
            Object answer = asked.apply(context);
            return () -> Health.degraded(String.valueOf(answer));
        });
    }

    @Test
    void aCheckMadeOfAnotherKnowsTheSameInstanceAndHasItsDefaults() {
        time.install(new Depth());
        InstanceId id = composite(context -> context.make(Choice.of("depth")));
        time.pass(Duration.ofSeconds(5));

        assertThat(time.drain()).contains(new Event.HealthChanged(id, HealthStatus.DEGRADED,
                "composite: /var/spool of shop/api#1"));
    }

    @Test
    void aDeadlineCheckMadeForAnotherIsOneForItToo() {
        time.type("beats").silence = Duration.ofSeconds(3).toNanos();
        List<HealthCheck> made = new ArrayList<>();
        composite(context -> {
            made.add(context.make(Choice.of("beats")));
            return made.get(0);
        });

        assertThat(made).singleElement().isInstanceOf(DeadlineCheck.class);
    }

    @Test
    void anUnknownTypeAndForeignSettingsAreRefused() {
        time.type("beats");
        asking(context -> {
            assertThatIllegalArgumentException().isThrownBy(() -> context.make(Choice.of("tpc")))
                    .withMessage("no health check is named 'tpc'");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.make(Choice.of("beats", new None())))
                    .withMessageContaining("'beats' takes settings of");
            rang.add(time.nanos);
            return "";
        });

        assertThat(rang).as("both were seen").hasSize(1);
    }

    @Test
    void aCheckThatIsMadeOfItselfCannotBeMade() {
        InstanceId id = composite(context -> context.make(Choice.of("composite")));
        time.pass(Duration.ofSeconds(10));

        assertThat(time.drain()).contains(new Event.HealthChanged(id, HealthStatus.UNKNOWN,
                "composite: it could not be made: java.lang.StackOverflowError"))
                .noneMatch(event -> event instanceof Event.FoundUnhealthy);
    }

    @Test
    void aTaskRunsOnceWhenItIsDueAndNotWhenItWasCancelled() {
        long start = time.nanos;
        asking(context -> {
            context.timers().after(Duration.ofSeconds(3), () -> rang.add(time.nanos - start));
            Cancellable other = context.timers().after(Duration.ofSeconds(2), () -> rang.add(-1L));
            other.cancel();
            other.cancel();
            return "";
        });
        time.pass(Duration.ofMinutes(1));

        assertThat(rang).containsExactly(Duration.ofSeconds(3).toNanos());
    }

    @Test
    void aTaskThatSetsTheNextIsAPeriodAndEndsWithTheInstance() {
        InstanceId id = asking(context -> {
            new Runnable() {
                @Override
                public void run() {
                    rang.add(time.nanos);
                    context.timers().after(Duration.ofSeconds(1), this);
                }
            }.run();
            return "";
        });
        time.pass(Duration.ofSeconds(10));
        assertThat(rang).hasSize(11);

        time.end(id);
        time.pass(Duration.ofSeconds(10));
        assertThat(rang).hasSize(11);
        assertThat(time.schedule.sweep()).as("nothing is left to wait for").isEmpty();
    }

    @Test
    void aTaskThatThrowsHarmsNothing() {
        asking(context -> {
            context.timers()
                    .after(Duration.ofSeconds(1), () -> {
                        throw new AssertionError("no");
                    });
            context.timers().after(Duration.ofSeconds(2), () -> rang.add(time.nanos));
            context.timers().after(Duration.ofSeconds(Long.MAX_VALUE), () -> rang.add(time.nanos));
            return "";
        });
        time.pass(Duration.ofMinutes(1));

        assertThat(rang).hasSize(1);
    }

    @Test
    void tasksAreBounded() {
        asking(context -> {
            for (int i = 0; i < Probing.MOST_TASKS; i++) {
                context.timers().after(Duration.ofSeconds(1), () -> rang.add(time.nanos));
            }
            assertThatIllegalStateException()
                    .isThrownBy(() -> context.timers().after(Duration.ofSeconds(1), () -> {}));
            return "";
        });
        time.pass(Duration.ofSeconds(1));

        assertThat(rang).hasSize(Probing.MOST_TASKS);
    }
}
