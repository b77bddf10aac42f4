package dev.upkeep.dist;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The directions between modules and packages. A class that must break one of them is in the wrong place. */
class ArchitectureTest {
    private static final String[] JDK = {"java..", "javax..", "jdk..", "sun.misc.."};
    private static final String[] PLUGINS = {"dev.upkeep.health..", "dev.upkeep.restart..",
            "dev.upkeep.breaker.."};
    private static final String[] RUNTIME = {"dev.upkeep.supervise..", "dev.upkeep.tree..",
            "dev.upkeep.component..",
            "dev.upkeep.process..", "dev.upkeep.probe..", "dev.upkeep.plugin..", "dev.upkeep.config..",
            "dev.upkeep.inject.."};
    private static final String[] DAEMON = {"dev.upkeep.state..", "dev.upkeep.journal..",
            "dev.upkeep.control..",
            "dev.upkeep.app.."};

    private static final Set<String> FORBIDDEN_IN_DECISIONS = Set.of(Thread.class.getName(),
            ThreadLocal.class.getName(), Process.class.getName(), ProcessBuilder.class.getName(),
            Runtime.class.getName(), Clock.class.getName(), InstantSource.class.getName(),
            "java.util.Timer", "dev.upkeep.api.time.Ticker");

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(place -> !place.contains("test-classes") && !place.contains("-tests.jar"))
            .importPackages("dev.upkeep");

    @Test
    void everyPackageIsKnownHere() {
        JavaClasses known = OURS.that(resideInAnyPackage(concat(PLUGINS, RUNTIME, DAEMON,
                new String[]{"dev.upkeep.api..", "dev.upkeep.cli.."})));

        assertThat(OURS.stream()
                .filter(c -> !known.contain(c.getName()))
                .map(JavaClass::getPackageName)
                .distinct())
                .as("a new package is put into its place in this test first")
                .isEmpty();
        for (String place : concat(PLUGINS, RUNTIME, new String[]{"dev.upkeep.api..", "dev.upkeep.cli..",
                "dev.upkeep.app.."})) {
            assertThat(OURS.that(resideInAPackage(place))).as(place).isNotEmpty();
        }
    }

    @Test
    void theApiKnowsTheJdkJspecifyAndSlf4jAlone() {
        those("dev.upkeep.api..").should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        concat(JDK, new String[]{"dev.upkeep.api..", "org.jspecify..", "org.slf4j"})))
                .check(OURS);
    }

    @Test
    void pluginsKnowTheApiAlone() {
        for (String plugin : PLUGINS) {
            those(plugin).should()
                    .onlyDependOnClassesThat(resideInAnyPackage(
                            concat(JDK,
                                    new String[]{plugin, "dev.upkeep.api..", "org.jspecify..",
                                            "org.slf4j.."})))
                    .check(OURS);
        }
    }

    @Test
    void nobodyNamesAPluginsClass() {
        noClasses().that(resideInAnyPackage(concat(RUNTIME, DAEMON, new String[]{"dev.upkeep.api..",
                "dev.upkeep.cli.."})))
                .should()
                .dependOnClassesThat(resideInAnyPackage(PLUGINS))
                .check(OURS);
    }

    @Test
    void theRuntimeKnowsNothingOfTheDaemonOrTheCommandLine() {
        noClasses().that(resideInAnyPackage(RUNTIME))
                .should()
                .dependOnClassesThat(resideInAnyPackage(concat(DAEMON, new String[]{"dev.upkeep.cli..",
                        "ch.qos.logback..", "picocli.."})))
                .check(OURS);
    }

    @Test
    void theCommandLineKnowsTheApiAndNoEngine() {
        those("dev.upkeep.cli..").should()
                .onlyDependOnClassesThat(resideInAnyPackage(concat(JDK, new String[]{"dev.upkeep.cli..",
                        "dev.upkeep.api..", "org.jspecify..", "picocli..", "tools.jackson.."})))
                .check(OURS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev.upkeep.supervise..=", "dev.upkeep.tree..=supervise",
            "dev.upkeep.component..=tree supervise", "dev.upkeep.process..=tree supervise",
            "dev.upkeep.probe..=tree supervise", "dev.upkeep.plugin..=", "dev.upkeep.config..=plugin",
            "dev.upkeep.state..=process", "dev.upkeep.control..=state journal"})
    void aPackageKnowsOnlyThoseBelowIt(String rule) {
        String subject = rule.substring(0, rule.indexOf('='));
        String[] below = Stream.of(rule.substring(rule.indexOf('=') + 1).split(" ", -1))
                .filter(name -> !name.isEmpty())
                .map(name -> "dev.upkeep." + name + "..")
                .toArray(String[]::new);

        noClasses().that(resideInAPackage(subject))
                .should()
                .dependOnClassesThat(resideInAPackage("dev.upkeep..")
                        .and(DescribedPredicate.not(resideInAnyPackage(
                                concat(below, new String[]{subject, "dev.upkeep.api.."})))))
                .check(OURS);
    }

    @Test
    void theDecisionsHaveNoThreadNoClockNoLogAndDoNoIo() {
        those("dev.upkeep.supervise..").should()
                .onlyDependOnClassesThat(resideInAnyPackage("dev.upkeep.supervise..", "dev.upkeep.api..",
                        "org.jspecify..", "java.lang", "java.lang.annotation", "java.lang.invoke",
                        "java.lang.runtime",
                        "java.util", "java.util.function", "java.util.random", "java.util.stream",
                        "java.time")
                        // The one map in which others may look a spec up.
                        .or(JavaClass.Predicates.equivalentTo(ConcurrentHashMap.class)))
                .check(OURS);
        noClasses().that(resideInAPackage("dev.upkeep.supervise.."))
                .should()
                .dependOnClassesThat(
                        describe("are threads, processes or clocks", FORBIDDEN_IN_DECISIONS::contains)
                                .onResultOf(JavaClass::getName))
                .orShould()
                .accessTargetWhere(readsAClock())
                .check(OURS);
    }

    @Test
    void pluginsTakeTimeAndChanceFromTheirContext() {
        noClasses().that(resideInAnyPackage(PLUGINS)).should().accessTargetWhere(readsAClock()).check(OURS);
    }

    @Test
    void eachHeavyLibraryHasOneHome() {
        only("com.google.inject..", "dev.upkeep.inject..", "dev.upkeep.app..");
        only("org.snakeyaml..", "dev.upkeep.config..");
        only("tools.jackson..", "dev.upkeep.config..", "dev.upkeep.control..", "dev.upkeep.cli..");
        only("picocli..", "dev.upkeep.app..", "dev.upkeep.cli..");
    }

    @Test
    void noTwoPackagesNeedEachOther() {
        slices().matching("dev.upkeep.(**)").should().beFreeOfCycles().check(OURS);
    }

    private static void only(String library, String... homes) {
        noClasses().that(DescribedPredicate.not(resideInAnyPackage(homes)))
                .should()
                .dependOnClassesThat(resideInAPackage(library))
                .as("only " + List.of(homes) + " know " + library)
                .check(OURS);
    }

    private static GivenClassesConjunction those(String place) {
        return classes().that(resideInAPackage(place));
    }

    private static DescribedPredicate<JavaAccess<?>> readsAClock() {
        return describe("reads a clock or rolls dice of its own", access -> {
            AccessTarget target = access.getTarget();
            JavaClass owner = target.getOwner();
            return owner.isEquivalentTo(System.class)
                    && Set.of("nanoTime", "currentTimeMillis").contains(target.getName())
                    || owner.isEquivalentTo(Instant.class) && target.getName().equals("now")
                    || owner.isEquivalentTo(Thread.class) && target.getName().equals("sleep")
                    || owner.isEquivalentTo(Math.class) && target.getName().equals("random")
                    || owner.isEquivalentTo(ThreadLocalRandom.class);
        });
    }

    private static String[] concat(String[]... parts) {
        return Stream.of(parts).flatMap(Stream::of).toArray(String[]::new);
    }
}
