package dev.upkeep.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.tree.Vitals;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** For how long the lines of an instance are kept for its checks, and heard. */
final class LinesOfChecksTest {
    private final VirtualTime time = new VirtualTime();
    private final Vitals vitals = new Vitals();

    LinesOfChecksTest() {
        time.type("liveness");
        vitals.keepLines();
    }

    private static CheckSpec check(String type) {
        return CheckSpec.of(Choice.of(type), Role.LIVENESS);
    }

    @Test
    void theyAreKeptUntilAllChecksAreMadeOrCannotBe() {
        time.hang = "liveness";
        time.begin(1, vitals, check("liveness"), check("unheard-of"));
        assertThat(vitals.hearsLines()).as("one is still being made").isTrue();

        time.held.getFirst().end();
        assertThat(vitals.hearsLines()).isFalse();
    }

    @Test
    void theyAreHeardNoLongerThanThereAreChecks() {
        InstanceId id = time.begin(1, vitals, check("liveness"));
        vitals.onLine("check", Pattern.compile("x"), line -> {});
        assertThat(vitals.hearsLines()).isTrue();

        time.end(id);
        assertThat(vitals.hearsLines()).isFalse();
    }
}
