package dev.upkeep.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.settings.Choice;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Plugins from real jars, whole and broken (X2, X3). */
class PluginScanTest {
    @TempDir
    Path directory;

    private TestJar jar() {
        return new TestJar(directory);
    }

    /** What the build's own class path brings is no part of these tests. */
    private static ClassLoader bare() {
        return new ClassLoader(PluginScanTest.class.getClassLoader()) {
            @Override
            public java.util.Enumeration<URL> getResources(String name) {
                return java.util.Collections.emptyEnumeration();
            }
        };
    }

    private Catalog scan() {
        return new PluginScan(bare(), Duration.ofSeconds(5)).scan(Optional.of(directory.resolve("plugins")));
    }

    private Catalog scanClassPath(Path... jars) throws IOException {
        URL[] urls = new URL[jars.length];
        for (int i = 0; i < jars.length; i++) {
            urls[i] = jars[i].toUri().toURL();
        }
        return new PluginScan(new URLClassLoader(urls, bare()), Duration.ofSeconds(5)).scan(Optional.empty());
    }

    static Stream<Arguments> broken() {
        return Stream.of(Arguments.of("no constructor", "no public constructor",
                (Breaking) j -> j.backoff("Bad", "bad", "public Bad(int x) {}", "")),
                Arguments.of("a throwing constructor", "it threw java.lang.IllegalStateException: no luck",
                        (Breaking) j -> j.backoff("Bad", "bad",
                                "public Bad() { throw new IllegalStateException(\"no luck\"); }", "")),
                Arguments.of("an Error in its static initialiser",
                        "it threw java.lang.AssertionError: static",
                        (Breaking) j -> j.backoff("Bad", "bad", "static { fail(); } static void fail()"
                                + " { throw new AssertionError(\"static\"); }", "")),
                Arguments.of("a missing class", "a class is missing: p/Gone",
                        (Breaking) j -> j.backoff("Bad", "bad", "Gone gone = new Gone();", "")
                                .source("Gone", "package p; public class Gone {}")
                                .without("Gone")),
                Arguments.of("a newer class file", "compiled for a newer Java",
                        (Breaking) j -> j.backoff("Bad", "bad").newer()),
                Arguments.of("a bad line in its services file",
                        "META-INF/services/dev.upkeep.api.restart.BackoffFactory:2: Illegal",
                        (Breaking) j -> j.backoff("Bad", "bad").service("BackoffFactory", "not a class!")),
                Arguments.of("a provider that is not there", "Provider p.Nobody not found",
                        (Breaking) j -> j.service("BackoffFactory", "p.Nobody")),
                Arguments.of("a provider of another type", "not a subtype",
                        (Breaking) j -> j.source("Other", "package p; public class Other {}")
                                .service("BackoffFactory", "p.Other")),
                Arguments.of("a malformed type name", "its type name 'Bad_One' is not lower-case words",
                        (Breaking) j -> j.backoff("Bad", "Bad_One")),
                Arguments.of("a default that cannot be read",
                        "the default 'soon' of 'delay' of p.Bad$Settings cannot",
                        (Breaking) j -> j.backoff("Bad", "bad", "",
                                "@Default(\"soon\") java.time.Duration delay")),
                Arguments.of("a setting of a type that cannot be bound",
                        "'what' of p.Bad$Settings has the type",
                        (Breaking) j -> j.backoff("Bad", "bad", "", "Thread what")),
                Arguments.of("a setting with the name of a runtime's key",
                        "its setting 'interval' has the name",
                        (Breaking) j -> j.source("Bad", """
                                package p;
                                public class Bad implements HealthCheckFactory<Bad.Settings> {
                                    public record Settings(String interval) {}
                                    public String type() { return "bad"; }
                                    public Class<Settings> settings() { return Settings.class; }
                                    public HealthCheck create(Settings s, CheckContext c) { return Health::healthy; }
                                }
                                """).service("HealthCheckFactory", "p.Bad")),
                Arguments.of("no settings", "it names no settings record",
                        (Breaking) j -> j.source("Bad", """
                                package p;
                                public class Bad implements BackoffFactory<Bad.Settings> {
                                    public record Settings() {}
                                    public String type() { return "bad"; }
                                    public Class<Settings> settings() { return null; }
                                    public Backoff create(Settings s) { return null; }
                                }
                                """).service("BackoffFactory", "p.Bad")),
                Arguments.of("an API of a later major version", "it needs plugin API 1.0, this is 0.1",
                        (Breaking) j -> j.backoff("Bad", "bad").newer().manifest("Upkeep-Api: 1.0")),
                Arguments.of("an API of a later minor version", "it needs plugin API 0.2, this is 0.1",
                        (Breaking) j -> j.backoff("Bad", "bad").newer().manifest("Upkeep-Api: 0.2")),
                Arguments.of("an API version that is none", "which is not a version",
                        (Breaking) j -> j.backoff("Bad", "bad").newer().manifest("Upkeep-Api: soon")));
    }

    @FunctionalInterface
    interface Breaking {
        TestJar in(TestJar jar);
    }

    @ParameterizedTest(name = "X3 {0} in plugins/")
    @MethodSource("broken")
    void aBrokenPluginIsReportedAndTheOthersLoad(String what, String reason, Breaking breaking) {
        breaking.in(jar()).write("plugins/bad.jar");
        jar().backoff("Good", "good").manifest("Upkeep-Api: 0.1").write("plugins/good.jar");

        Catalog catalog = scan();

        assertThat(catalog.entries(PluginKind.BACKOFF)).extracting(CatalogEntry::type)
                .containsExactly("good");
        assertThat(catalog.problems()).singleElement().satisfies(p -> {
            assertThat(p.source()).isEqualTo("plugins/bad.jar");
            assertThat(p.reason()).contains(reason);
            assertThat(p.advice()).isNotBlank();
        });
    }

    @ParameterizedTest(name = "X3 {0} on the class path")
    @MethodSource("broken")
    void aBrokenJarOnTheClassPathIsReportedAndTheOthersLoad(String what, String reason, Breaking breaking)
            throws IOException {
        Path bad = breaking.in(jar()).write("ext/bad.jar");
        Path good = new TestJar(directory).source("Good", "package q;"
                + new String(Files.readAllBytes(goodSource()), java.nio.charset.StandardCharsets.UTF_8))
                .service("BackoffFactory", "q.Good")
                .write("ext/good.jar");

        Catalog catalog = scanClassPath(bad, good);

        assertThat(catalog.entries(PluginKind.BACKOFF)).extracting(CatalogEntry::source)
                .containsExactly("ext/good.jar");
        assertThat(catalog.problems()).singleElement().satisfies(p -> {
            assertThat(p.source()).isEqualTo("ext/bad.jar");
            assertThat(p.reason()).contains(reason);
        });
    }

    private Path goodSource() throws IOException {
        return Files.writeString(directory.resolve("Good.txt"), """
                public class Good implements BackoffFactory<Good.Settings> {
                    public record Settings() {}
                    public String type() { return "good"; }
                    public Class<Settings> settings() { return Settings.class; }
                    public Backoff create(Settings s) { return a -> java.time.Duration.ofSeconds(7); }
                }
                """);
    }

    @Test
    void aFileThatIsNoZipIsReportedWhereverItLies() throws IOException {
        Path corrupt = Files.createDirectories(directory.resolve("plugins")).resolve("corrupt.jar");
        Files.writeString(corrupt, "PK this is no zip");
        Path empty = Files.createDirectories(directory.resolve("plugins/empty"));

        assertThat(scan().problems()).extracting(LoadProblem::source)
                .containsExactly("plugins/corrupt.jar", "plugins/" + empty.getFileName());
        assertThat(scanClassPath(corrupt).problems()).extracting(LoadProblem::source)
                .containsExactly("plugins/corrupt.jar");
    }

    @Test
    void aPluginSharesTheApiAndNothingElseOfOurs() {
        jar().backoff("Curious", "curious", """
                public Curious() throws Exception {
                    Class.forName("org.slf4j.Logger");
                    try {
                        Class.forName("dev.upkeep.plugin.Catalog");
                        throw new IllegalStateException("sees the runtime");
                    } catch (ClassNotFoundException e) { }
                    if (Thread.currentThread().getContextClassLoader() != Curious.class.getClassLoader())
                        throw new IllegalStateException("foreign context class loader");
                }
                """, "").write("plugins/curious.jar");

        Catalog catalog = scan();

        assertThat(catalog.problems()).isEmpty();
        assertThat(catalog.find(PluginKind.BACKOFF, "curious")).isPresent();
    }

    @Test
    void twoPluginsMayBringDifferentClassesOfTheSameName() {
        jar().backoff("Same", "one").write("plugins/one.jar");
        jar().backoff("Same", "two").write("plugins/two/two.jar");

        assertThat(scan().entries(PluginKind.BACKOFF)).extracting(CatalogEntry::type)
                .containsExactly("one", "two");
    }

    @Test
    void aNameClaimedTwiceIsNobodysAndNamesBothSources() {
        jar().backoff("Mine", "mine").write("plugins/a.jar");
        jar().backoff("Mine", "mine").write("plugins/b.jar");

        Catalog catalog = scan();

        assertThat(catalog.entries(PluginKind.BACKOFF)).isEmpty();
        assertThat(catalog.problems()).singleElement()
                .satisfies(p -> assertThat(p.reason())
                        .isEqualTo(
                                "the back-off 'mine' is claimed by plugins/a.jar (p.Mine) and by plugins/b.jar (p.Mine)"));
        assertThatThrownBy(() -> catalog.backoff(Choice.of("mine"))).isInstanceOf(UnknownTypeException.class)
                .hasMessageContainingAll("plugins/a.jar", "plugins/b.jar");
    }

    @Test
    void aConstructorThatNeverReturnsHoldsNobodyUp() {
        jar().backoff("Stuck", "stuck", """
                public Stuck() { while (true) java.util.concurrent.locks.LockSupport.park(); }
                """, "").write("plugins/stuck.jar");
        jar().backoff("Good", "good").write("plugins/good.jar");

        Catalog catalog = new PluginScan(bare(), Duration.ofMillis(500))
                .scan(Optional.of(directory.resolve("plugins")));

        assertThat(catalog.find(PluginKind.BACKOFF, "good")).isPresent();
        assertThat(catalog.problems()).singleElement()
                .satisfies(p -> assertThat(p.reason()).contains("not done within"));
    }

    @Test
    void whatIsMadeIsMadeWithTheDefaultsOfItsSettings() {
        jar().source("Fixed", """
                package p;
                public class Fixed implements BackoffFactory<Fixed.Settings> {
                    record Settings(@Default("3s") java.time.Duration delay) {}
                    public String type() { return "fixed"; }
                    public Class<Settings> settings() { return Settings.class; }
                    public Backoff create(Settings s) { return a -> s.delay(); }
                }
                """).service("BackoffFactory", "p.Fixed").write("plugins/fixed.jar");

        Backoff backoff = scan().backoff(Choice.of("fixed"));

        assertThat(backoff.delay(new Backoff.Attempt(1, Duration.ZERO, Duration.ZERO, 0)))
                .isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void anUnknownTypeTellsWhatIsInstalledAndWhichJarMightHaveBroughtIt() {
        jar().backoff("Fixed", "fixed").write("plugins/fixed.jar");
        jar().backoff("Jitter", "jitter").manifest("Upkeep-Api: 2.0").write("plugins/jitter.jar");

        assertThatThrownBy(() -> scan().backoff(Choice.of("fixde"))).isInstanceOf(UnknownTypeException.class)
                .hasMessage("no back-off named 'fixde'; available: fixed. Did you mean 'fixed'?\n"
                        + "plugins/jitter.jar was not loaded: it needs plugin API 2.0, this is 0.1;"
                        + " take a build of it for plugin API 0.1");
    }

    @Test
    void aFactoryThatThrowsOrReturnsNothingIsNamed() {
        jar().source("Bad", """
                package p;
                public class Bad implements BackoffFactory<Bad.Settings> {
                    public record Settings() {}
                    public String type() { return "bad"; }
                    public Class<Settings> settings() { return Settings.class; }
                    public Backoff create(Settings s) { throw new AssertionError("boom"); }
                }
                """).service("BackoffFactory", "p.Bad").write("plugins/bad.jar");
        Catalog catalog = scan();

        assertThatThrownBy(() -> catalog.backoff(Choice.of("bad"))).isInstanceOf(PluginFailedException.class)
                .hasMessage(
                        "back-off 'bad' (plugins/bad.jar) could not be made: java.lang.AssertionError: boom");
        assertThatThrownBy(() -> catalog.backoff(Choice.of("bad", new Strange())))
                .isInstanceOf(PluginFailedException.class)
                .hasMessageContaining("not a " + Strange.class.getName());
    }

    record Strange() {}

    @Test
    void aMissingPluginsDirectoryIsAnEmptyOne() {
        Catalog catalog = scan();

        assertThat(catalog.problems()).isEmpty();
        assertThat(catalog.entries(PluginKind.BACKOFF)).isEmpty();
    }
}
