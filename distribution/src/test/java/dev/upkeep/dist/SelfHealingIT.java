package dev.upkeep.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first thing that anybody sees of Upkeep. */
class SelfHealingIT {
    @Test
    void tellsItsStoryAndLeavesNothingBehind(@TempDir Path directory) throws Exception {
        Installed installed = Installed.in(directory);
        Path example = installed.home().resolve("share/examples/self-healing/upkeep.yaml");
        try (Running run = installed.run(example, directory.resolve("state"))) {
            for (String name : List.of("steady", "crash", "hang", "complete", "hopeless", "random")) {
                run.await(" " + name + " +started as pid \\d+$");
            }
            run.await(" prices +started$");

            run.await(" complete +ended: completed\\(code 0\\)");
            run.await(" complete +completed, and is left alone$");
            run.await(
                    "(?s) crash +ended: crashed\\(code 1\\).* crash +restart 1 in 1s$.* crash +started as pid \\d+$"
                            + ".* crash +runs again, restart 1$");
            run.await(" hopeless +suspended: 10 failures in a row; .*upkeep start hopeless");
            run.await(Duration.ofSeconds(30),
                    "(?s) hang +health is unhealthy: heartbeat: silent for 10s$.* hang +restart 1 in 1s$"
                            + ".* hang +runs again, restart 1$");

            assertThat(run.printed().lines().filter(l -> l.contains("complete       started"))).hasSize(1);
            assertThat(run.printed().lines().filter(l -> l.matches(".* hopeless +started.*"))).hasSize(10);
            assertThat(run.printed()).as("steady is never touched").doesNotContain("steady         restart");

            run.signal("INT");

            assertThat(run.awaitEnd()).isZero();
            assertThat(run.printed()).contains("self-healing   shutdown: SIGINT");
            assertThat(run.printed()
                    .lines()
                    .dropWhile(l -> !l.contains("shutdown: SIGINT"))
                    .filter(l -> l.matches(".* (prices|hang|crash|steady) +stopping: requested.*"))
                    .map(l -> l.split(" +", -1)[1]))
                    .as("the last one first; some may be waiting for a restart just now")
                    .isSubsetOf("prices", "hang", "crash", "steady")
                    .contains("steady")
                    .isSortedAccordingTo(
                            (a, b) -> List.of("prices", "hang", "crash", "steady").indexOf(a)
                                    - List.of("prices", "hang", "crash", "steady").indexOf(b));
            assertThat(run.leftRunning()).isEmpty();
        }
    }
}
