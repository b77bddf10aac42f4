package dev.upkeep.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.Role;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class CheckVerdictTest {
    private static final CheckAnswer GOOD = new CheckAnswer.Seen(Health.healthy());
    private static final CheckAnswer SLOW = new CheckAnswer.Seen(Health.degraded("slow"));
    private static final CheckAnswer DOWN = CheckAnswer.unhealthy("down");
    private static final CheckAnswer ERROR = new CheckAnswer.Erred("no such file");

    private static CheckVerdict liveness(int failures, OptionalInt degraded) {
        return CheckVerdict.initial(Role.LIVENESS, new Threshold(failures, 1, degraded));
    }

    private static CheckVerdict readiness(int failures, int successes) {
        return CheckVerdict.initial(Role.READINESS, new Threshold(failures, successes, OptionalInt.empty()));
    }

    private static CheckVerdict after(CheckVerdict verdict, CheckAnswer... answers) {
        for (CheckAnswer answer : answers) {
            verdict = verdict.next(answer, false);
        }
        return verdict;
    }

    @Test
    @DisplayName("H2 before the first result liveness is ok, readiness is not ready, startup is unknown")
    void beforeTheFirstResult() {
        CheckVerdict liveness = liveness(3, OptionalInt.empty());
        CheckVerdict startup = CheckVerdict.initial(Role.STARTUP, Threshold.AT_ONCE);

        assertThat(liveness.passing()).isTrue();
        assertThat(liveness.health()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(readiness(3, 1).passing()).isFalse();
        assertThat(startup.passing()).isFalse();
        assertThat(startup.health()).isEqualTo(HealthStatus.UNKNOWN);
    }

    @Test
    @DisplayName("H3 thresholds are consecutive")
    void aGoodAnswerEndsTheRow() {
        CheckVerdict verdict = liveness(3, OptionalInt.empty());

        assertThat(after(verdict, DOWN, DOWN, GOOD, DOWN, DOWN).passing()).isTrue();
        assertThat(after(verdict, DOWN, DOWN, GOOD, DOWN, DOWN).health()).isEqualTo(HealthStatus.HEALTHY);
        CheckVerdict fallen = after(verdict, DOWN, DOWN, DOWN);
        assertThat(fallen.passing()).isFalse();
        assertThat(fallen.health()).isEqualTo(HealthStatus.UNHEALTHY);
        assertThat(fallen.reason()).isEqualTo("down");
    }

    @Test
    @DisplayName("an answer that changes nothing gives the same verdict, so that most runs of most checks cost nothing")
    void nothingNew() {
        CheckVerdict well = liveness(3, OptionalInt.of(2));
        assertThat(after(well, GOOD, GOOD)).isSameAs(well);
        assertThat(after(well, DOWN, GOOD)).isNotSameAs(well).isEqualTo(after(well, SLOW, GOOD));
        CheckVerdict ready = after(readiness(3, 1), GOOD);
        assertThat(after(ready, GOOD)).isSameAs(ready);
    }

    @Test
    @DisplayName("H3 each flip resets the run")
    void eachFlipResetsTheRun() {
        CheckVerdict up = after(readiness(2, 2), GOOD, GOOD);
        assertThat(up.passing()).isTrue();

        CheckVerdict down = after(up, DOWN, DOWN);
        assertThat(down.passing()).isFalse();
        assertThat(after(down, GOOD).passing()).isFalse();
        assertThat(after(down, GOOD, DOWN, GOOD).passing()).isFalse();
        CheckVerdict again = after(down, GOOD, GOOD);
        assertThat(again.passing()).isTrue();
        assertThat(after(again, DOWN).passing()).as("the failures of before are forgotten").isTrue();
    }

    @Test
    @DisplayName("H3 until first ready failures are not counted: the latest answer stands")
    void whileStartingTheLatestAnswerStands() {
        CheckVerdict verdict = readiness(3, 1).next(GOOD, true).next(DOWN, true);

        assertThat(verdict.passing()).isFalse();
        assertThat(verdict.failures()).isZero();
        assertThat(verdict.next(GOOD, true).passing()).isTrue();
    }

    @Test
    @DisplayName("H4 DEGRADED neither counts as a failure nor resets the count")
    void degradedIsInTheMiddle() {
        CheckVerdict verdict = liveness(2, OptionalInt.empty());

        assertThat(after(verdict, SLOW, SLOW, SLOW, SLOW).passing()).isTrue();
        assertThat(after(verdict, SLOW).health()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(after(verdict, DOWN, SLOW, DOWN).passing()).isFalse();
        assertThat(after(readiness(3, 1), SLOW).passing()).as("something degraded still works").isTrue();
    }

    @Test
    @DisplayName("H4 degradedThreshold in a row of a liveness check is a failure")
    void degradedThreshold() {
        CheckVerdict verdict = liveness(9, OptionalInt.of(3));

        assertThat(after(verdict, SLOW, SLOW, GOOD, SLOW, SLOW).passing()).isTrue();
        CheckVerdict fallen = after(verdict, SLOW, SLOW, SLOW);
        assertThat(fallen.passing()).isFalse();
        assertThat(fallen.reason()).isEqualTo("degraded 3 times in a row: slow");
    }

    @Test
    @DisplayName("H1 an error of the check is never held against the child; three in a row make it DEGRADED")
    void errors() {
        CheckVerdict verdict = liveness(2, OptionalInt.of(1));

        assertThat(after(verdict, ERROR).health()).isEqualTo(HealthStatus.UNKNOWN);
        assertThat(after(verdict, ERROR, ERROR).health()).isEqualTo(HealthStatus.UNKNOWN);
        CheckVerdict third = after(verdict, ERROR, ERROR, ERROR, ERROR);
        assertThat(third.health()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(third.passing()).isTrue();
        assertThat(third.reason()).isEqualTo("no such file");
        assertThat(after(third, GOOD).health()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(after(third, GOOD, ERROR).health()).as("three in a row").isEqualTo(HealthStatus.UNKNOWN);
        assertThat(after(verdict, DOWN, ERROR, DOWN).passing()).as("an error is discarded").isFalse();
    }
}
