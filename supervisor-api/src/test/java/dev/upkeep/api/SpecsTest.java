package dev.upkeep.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.child.Signal;
import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SpecsTest {
    private static final Consumer<ChildBuilder> IDLE = c -> c.component(() -> context -> {});

    @Test
    void a6_duplicateIdsAreRefusedNamingTheId() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Supervisor.named("shop").child("a", IDLE).child("a", IDLE).build())
                .withMessageContaining("'a'");
    }

    @Test
    void s1_aCycleIsRefusedNamingThoseInItAndNobodyElse() {
        assertThatIllegalArgumentException().isThrownBy(() -> Supervisor.named("shop")
                .child("free", IDLE)
                .child("a", IDLE.andThen(c -> c.after("b")))
                .child("b", IDLE.andThen(c -> c.after("c")))
                .child("c", IDLE.andThen(c -> c.after("b").after("free")))
                .build()).withMessage("children wait for each other: b after c after b");
    }

    @Test
    void s1_aLongRowOfChildrenIsNoCycleAndNoTrouble() {
        List<ChildSpec> row = new ArrayList<>();
        for (int i = 0; i < 30_000; i++) {
            ChildBuilder child = new ChildBuilder("c" + i).component(() -> context -> {});
            row.add((i < 29_999 ? child.after("c" + (i + 1)) : child).build());
        }
        assertThat(AfterCycles.find(row)).isEmpty();
    }

    @Test
    void s1_anUnknownSiblingIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(
                () -> Supervisor.named("shop").child("a", IDLE.andThen(c -> c.after("nobody"))).build())
                .withMessageContaining("'nobody'");
    }

    @Test
    void g1_aSignificantChildIsRefusedUnderNeverAndWhenPermanent() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Supervisor.named("shop")
                        .child("a", IDLE.andThen(c -> c.restart(RestartType.TRANSIENT).significant(true)))
                        .build())
                .withMessageContaining("autoShutdown");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Supervisor.named("shop")
                        .autoShutdown(SupervisorSpec.AutoShutdown.ANY_SIGNIFICANT)
                        .child("a", IDLE.andThen(c -> c.significant(true)))
                        .build())
                .withMessageContaining("transient or temporary");
    }

    @Test
    void c6_anUnknownSharedBreakerIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Supervisor.named("shop")
                        .child("a", IDLE.andThen(c -> c.breaker(BreakerUse.shared("db"))))
                        .build())
                .withMessageContaining("'db'");
        assertThat(Supervisor.named("shop")
                .breaker("db", Choice.of("consecutive"))
                .child("a", IDLE.andThen(c -> c.breaker(BreakerUse.shared("db"))))
                .build()
                .breakers()).containsKey("db");
    }

    @Test
    void valuesThatMakeNoSenseAreRefusedWithTheValue() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Intensity(-1, Duration.ofSeconds(1)))
                .withMessageContaining("-1");
        assertThatIllegalArgumentException().isThrownBy(() -> new Intensity(1, Duration.ZERO))
                .withMessageContaining("PT0S");
        assertThatIllegalArgumentException().isThrownBy(() -> StopRule.within(Duration.ofSeconds(-1)))
                .withMessageContaining("PT-1S");
        assertThatIllegalArgumentException().isThrownBy(() -> ProcessSpec.of(""))
                .withMessageContaining("program");
        assertThatIllegalArgumentException().isThrownBy(() -> Supervisor.named("a/b").build())
                .withMessageContaining("'a/b'");
        assertThatIllegalArgumentException().isThrownBy(() -> Supervisor.named("shop").child("x", c -> {}))
                .withMessageContaining("'x' has nothing to do");
    }

    @Test
    void aPathKnowsItsPlace() {
        ChildPath path = new ChildPath("shop").child("web").child("api-1");
        assertThat(path.id()).isEqualTo("api-1");
        assertThat(path.shortValue()).isEqualTo("web/api-1");
        assertThat(path.parent()).contains(new ChildPath("shop/web"));
        assertThat(path.isWithin(new ChildPath("shop/web"))).isTrue();
        assertThat(path.isWithin(new ChildPath("shop/we"))).isFalse();
        assertThat(new ChildPath("shop").parent()).isEmpty();
        for (String bad : List.of("", "a//b", "/a", "a/", "..", "-a", "a b", "a/../b", "ä")) {
            assertThatIllegalArgumentException().as(bad).isThrownBy(() -> new ChildPath(bad));
        }
    }

    @Test
    void causesReadAsAPersonWouldSayThem() {
        assertThat(Cause.crashed(ExitStatus.ofCode(3))).hasToString("crashed(code 3)");
        assertThat(Cause.crashed(ExitStatus.ofSignal(9, false))).hasToString("crashed(SIGKILL)");
        assertThat(Cause.crashed(ExitStatus.ofSignal(11, true)))
                .hasToString("crashed(SIGSEGV (core dumped))");
        assertThat(Cause.unhealthy("heartbeat", "silent for 10s"))
                .hasToString("unhealthy(heartbeat: silent for 10s)");
        assertThat(Cause.requested()).hasToString("requested");
        Cause.Link link = new Cause.Link(new ChildPath("shop/a"), Cause.crashed(ExitStatus.ofCode(1)));
        assertThat(Cause.gaveUp("more than 5 restarts in 60s", List.of(link)))
                .hasToString("gave-up(more than 5 restarts in 60s: a crashed(code 1))");
    }

    @Test
    void signalsAreReadInEveryUsualForm() {
        for (String form : List.of("SIGINT", "INT", "int", "sigint", "2")) {
            assertThat(Signal.parse(form)).as(form).contains(Signal.SIGINT);
        }
        assertThat(Signal.parse("SIGNOTHING")).isEmpty();
    }
}
