package dev.upkeep.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker.Snapshot;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusTextTest {
    @Test
    void o3_theWholeTreeInLinesWithTheColumnsOfStatus() {
        assertThat(StatusText.of(new FakeSupervisor(Shop.tree()), Shop.NOW)).containsExactly(
                "NAME      STATE      READY  HEALTH     PID   UPTIME  RESTARTS  LAST-EXIT                NEXT",
                "shop      running    yes    degraded   -     1h      0         -                        -",
                "web       running    yes    healthy    4711  1m30s   0         -                        -",
                "mailer    backoff    no     unknown    -     -       3         crashed(SIGKILL) 4s ago  restart in 5s",
                "etl       running    yes    degraded   -     1h      0         -                        -",
                "etl/load  suspended  no     unhealthy  -     -       5         crashed(code 1) 4s ago   trial by hand",
                "api-0     running    yes    healthy    4712  1m30s   0         -                        -",
                "api-1     running    yes    healthy    4713  1m30s   0         -                        -");
    }

    @Test
    void breakersThatAreOpenAreToldBelow() {
        FakeSupervisor tree = new FakeSupervisor(Shop.running("shop", 1));
        tree.snapshots = Map.of(
                "mail",
                new Snapshot(BreakerState.OPEN, 2, Optional.of(Duration.ofSeconds(70)), "5 of 5 failed"),
                "db", new Snapshot(BreakerState.OPEN, 1, Optional.empty(), ""),
                "web", new Snapshot(BreakerState.CLOSED, 0, Optional.empty(), ""));

        assertThat(StatusText.of(tree, Shop.NOW)).hasSize(4)
                .endsWith("breaker 'db' is open",
                        "breaker 'mail' is open: 5 of 5 failed; next trial in 1m10s");
    }

    @Test
    void theClockThatWasSetBackMakesNoNegativeTimes() {
        assertThat(StatusText.of(new FakeSupervisor(Shop.tree()), Shop.NOW.minusSeconds(3_600)))
                .anyMatch(line -> line.contains("crashed(SIGKILL) 0s ago  restart in 1h"))
                .noneMatch(line -> line.contains(" -1") || line.contains("-3600"));
    }
}
