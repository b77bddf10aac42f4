package dev.upkeep.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A simulation that finds nothing may be blind: these are faults that it must see. */
class MutantsTest {
    private static final long HEALTHY = 3_000;

    private final PatchedCore core = new PatchedCore();

    @Test
    void atLeastTenFaultsAreTried() {
        assertThat(Mutant.all()).hasSizeGreaterThanOrEqualTo(10);
    }

    @Test
    void theCoreWithoutAFaultPasses() {
        assertThatCode(() -> simulate(Map.of(), HEALTHY)).doesNotThrowAnyException();
    }

    @TestFactory
    Stream<DynamicTest> everyFaultIsFoundWithinTheDefaultRun() {
        List<Mutant> mutants = Mutant.all();
        return mutants.stream()
                .map(m -> DynamicTest.dynamicTest(m.breaks() + " " + m.name(), () -> isFound(m)));
    }

    private void isFound(Mutant mutant) {
        String healthy = core.source(mutant.file());
        assertThat(healthy.split(java.util.regex.Pattern.quote(mutant.healthy()), -1).length - 1)
                .as("%s has changed: plant the fault '%s' anew", mutant.file(), mutant.name())
                .isEqualTo(1);
        String sick = healthy.replace(mutant.healthy(), mutant.sick());

        long start = System.nanoTime();
        Throwable found = catchThrowable(() -> simulate(Map.of(mutant.file(), sick), Schedules.DEFAULT));

        assertThat(found).as("'%s' is found", mutant.name()).isInstanceOf(AssertionError.class);
        String what = String.valueOf(found.getMessage());
        System.out.println(
                "found in " + (System.nanoTime() - start) / 1_000_000 + " ms: " + mutant.name() + ", by "
                        + what.substring(0, Math.min(what.length(), 200)));
    }

    /** Runs the default schedules, on a core of which these files are different. */
    private void simulate(Map<String, String> changed, long schedules) throws Throwable {
        Class<?> patched = core.load(changed, Schedules.class.getName());
        var run = patched.getDeclaredMethod("run", long.class, long.class);
        run.setAccessible(true);
        try {
            run.invoke(null, 1L, schedules);
        } catch (java.lang.reflect.InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
