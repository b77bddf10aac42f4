package dev.upkeep.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stranger's check, compiled against the API alone, dropped in as a jar and used by its name (X1, X2, X3). */
class ExtendingIT {
    private static final Path JAR = Path.of(System.getProperty("upkeep.customCheck", "the jar is not said"));
    private static final Path BREAKER = Path
            .of(System.getProperty("upkeep.breaker", "the jar is not said"));

    @TempDir
    private Path directory;

    private Installed installed;

    @BeforeEach
    void unpack() throws Exception {
        installed = Installed.in(directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext", "plugins"})
    void aJarDroppedInIsUsableByName(String place) throws Exception {
        Files.copy(JAR, installed.home().resolve(place).resolve("queue-depth-check.jar"));
        Path queue = Files.createDirectory(directory.resolve("queue"));
        Path file = installed.yaml("""
                children:
                  mailer:
                    command: [sleep, "1000"]
                    health:
                      - {type: queue-depth, queue: "%s", degradedAbove: 0, unhealthyAbove: 2,
                         interval: 100ms, failureThreshold: 2}
                """.formatted(queue));

        assertThat(installed.upkeep("plugins").out())
                .containsPattern("health check +queue-depth +" + place + "/queue-depth-check.jar");
        try (Running run = installed.run(file, directory.resolve("state"))) {
            run.await(" mailer +started as pid");
            Files.createFile(queue.resolve("job-0"));
            run.await(" mailer +health is degraded: queue-depth: 1 files wait in ");
            for (int job = 1; job <= 2; job++) {
                Files.createFile(queue.resolve("job-" + job));
            }

            run.await(" mailer +ended: unhealthy\\(queue-depth: more than 2 files wait in ");
            run.await(" mailer +restart 1 in ");
        }
    }

    @Test
    void aSettingOfAStrangersCheckIsRefusedAtItsLine() throws Exception {
        Files.copy(JAR, installed.home().resolve("ext/queue-depth-check.jar"));

        var check = installed.upkeep("check", installed.yaml("""
                children:
                  mailer:
                    command: [sleep, "1000"]
                    health:
                      - {type: queue-depth, queue: /tmp, unhealthyAbove: 0}
                """).toString());

        assertThat(check.status()).isEqualTo(2);
        assertThat(check.err()).contains("5:58 children.mailer.health[0].unhealthyAbove");
    }

    @Test
    void aBreakerOfAnotherLibraryDroppedInWithItsJarsIsUsableByName() throws Exception {
        Path place = Files.createDirectory(installed.home().resolve("plugins/resilience4j"));
        Files.copy(BREAKER, place.resolve("resilience4j-breaker.jar"));
        for (String name : List.of("circuitbreaker.CircuitBreaker", "core.IntervalFunction")) {
            Path jar = Path.of(Class.forName("io.github.resilience4j." + name)
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Files.copy(jar, place.resolve(jar.getFileName().toString()));
        }
        Path file = installed.yaml("""
                children:
                  mailer:
                    command: ["false"]
                    backoff: immediate
                    breaker: {type: resilience4j, slidingWindowType: COUNT_BASED, slidingWindowSize: 3,
                              minimumNumberOfCalls: 3, waitDurationInOpenState: 1s}
                """);

        assertThat(installed.upkeep("plugins").out())
                .containsPattern("circuit breaker +resilience4j +plugins/resilience4j");
        try (Running run = installed.run(file, directory.resolve("state"))) {
            run.await(" mailer +suspended");
            run.await("100\\.0 % failed and 0\\.0 % were slow of 3 calls");
            run.await(" mailer +tried again");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext", "plugins"})
    void aBrokenJarIsReportedAndTheTreeStarts(String place) throws Exception {
        Files.writeString(installed.home().resolve(place).resolve("broken.jar"), "this is no jar");
        Path file = installed.yaml("children: {web: {command: [sleep, \"1000\"]}}");

        try (Running run = installed.run(file, directory.resolve("state"))) {
            run.await(" web +started as pid");
            assertThat(run.printed()).containsPattern("upkeep: .*" + place + "/broken\\.jar")
                    .doesNotContain("\tat ");
        }
    }
}
