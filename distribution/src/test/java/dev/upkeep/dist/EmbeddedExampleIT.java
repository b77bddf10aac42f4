package dev.upkeep.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that embeds Upkeep, with the engine, the plugin jars and slf4j on its class path and nothing heavier. */
class EmbeddedExampleIT {
    private static final Path JAR = Path.of(System.getProperty("upkeep.embedded", "the jar is not said"));

    /** What {@code examples/embedded} needs; everything else in {@code lib/} is for Guice, YAML and the daemon. */
    private static final List<String> ENOUGH = List.of("supervisor-api-", "supervisor-runtime-",
            "health-check-plugins-", "restart-strategy-plugins-", "circuit-breaker-plugins-", "slf4j-api-");

    @TempDir
    private Path directory;

    private List<Path> classPath = List.of();

    private record Result(int status, String printed) {}

    @BeforeEach
    void chooseJars() throws Exception {
        try (Stream<Path> lib = Files.list(Installed.in(directory).home().resolve("lib"))) {
            classPath = Stream.concat(Stream.of(JAR),
                    lib.filter(jar -> ENOUGH.stream().anyMatch(jar.getFileName().toString()::startsWith)))
                    .toList();
        }
        assertThat(classPath).hasSize(1 + ENOUGH.size());
    }

    @Test
    void nothingHeavyIsOnItsClassPath() throws Exception {
        for (Path jar : classPath) {
            try (JarFile file = new JarFile(jar.toFile())) {
                assertThat(file.stream().map(entry -> entry.getName()))
                        .noneMatch(name -> name.matches(
                                "(com/google|tools/jackson|com/fasterxml|org/snakeyaml|org/yaml|org/objectweb|org/eclipse)/.*"));
            }
        }
    }

    @Test
    void theShopOpensHealsGrowsChangesAndClosesAndItsLedgerRemembers() throws Exception {
        Result first = runShop();

        assertThat(first.printed()).containsSubsequence(
                "ledger: opened at 0 parcels",
                "shop: open with 9 in the tree",
                "ledger: closed at 20 parcels",
                "ledger: opened at 20 parcels",
                "shop: another plan: [added night-watch]",
                "shop:   shop/ledger running in its generation 2",
                "shop:   shop/office/trainee running in its generation 1",
                "shop:   shop/night-watch running in its generation 1",
                "shop:   shop/packer-4 running in its generation 1",
                "ledger: closed at 20 parcels",
                "shop: closed");
        assertThat(first.printed()
                .lines()
                .filter(l -> l.contains("crashed(java.lang.IllegalArgumentException: an empty order)")))
                .as("one order is bad, one packer fails")
                .hasSize(1);
        assertThat(first.printed()).containsPattern("shop: packer-\\d runs again, restart 1")
                .doesNotContain("SLF4J(E)", "WARNING");
        assertThat(first.status()).isZero();

        Result second = runShop();
        assertThat(second.printed()).contains("ledger: opened at 20 parcels", "ledger: closed at 40 parcels");
        assertThat(second.status()).isZero();
    }

    private Result runShop() throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "shop", ".out");
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-Duser.language=tr", "-cp",
                classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)),
                "com.example.shop.Shop");
        java.environment().put("UPKEEP_STATE", directory.resolve("state").toString());
        java.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        Process shop = java.redirectErrorStream(true).redirectOutput(out.toFile()).start();
        try {
            assertThat(shop.waitFor(60, TimeUnit.SECONDS)).as(() -> "it ends").isTrue();
        } finally {
            shop.destroyForcibly();
        }
        return new Result(shop.exitValue(), Files.readString(out));
    }
}
