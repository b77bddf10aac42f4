package dev.upkeep.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.OutputRule.WhenFull;
import dev.upkeep.api.ResourceLimit.Bound;
import dev.upkeep.api.child.Signal;
import dev.upkeep.api.settings.ByteSize;
import dev.upkeep.api.settings.Choice;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a program may ask of a process (P2, P5, P9, P11), and what a change of it does (A5). */
class ProcessSpecTest {
    private static final ProcessSpec PLAIN = ProcessSpec.of("db", "-x");

    private static RunAs runAs(String user, String group) {
        return new RunAs(Optional.of(user), Optional.of(group), OptionalInt.empty(), OptionalInt.empty(),
                OptionalInt.empty(), Map.of());
    }

    private static RunAs runAs(int umask, int nice, int oomScoreAdjust) {
        return new RunAs(Optional.empty(), Optional.empty(), OptionalInt.of(umask), OptionalInt.of(nice),
                OptionalInt.of(oomScoreAdjust), Map.of());
    }

    private static OutputRule.File file(long maxSize, Duration maxAge, int keep) {
        return new OutputRule.File(Optional.empty(), new ByteSize(maxSize), Optional.of(maxAge), keep,
                WhenFull.DROP);
    }

    private static Arguments refused(String what, ThrowingCallable attempt, String... inTheMessage) {
        return Arguments.of(what, attempt, List.of(inTheMessage));
    }

    static Stream<Arguments> badInput() {
        return Stream.of(
                refused("a user without a name", () -> runAs(" ", "a"), "' '", "name of a user"),
                refused("a user that is an option", () -> runAs("-x", "a"), "'-x'", "name of a user"),
                refused("two users", () -> runAs("a:b", "a"), "'a:b'", "name of a user"),
                refused("a group of two lines", () -> runAs("a", "b\nc"), "'b\nc'", "name of a group"),
                refused("a umask below nothing", () -> runAs(-1, 0, 0), "umask", "0 to 0777", "is -1"),
                refused("a umask with more than permissions", () -> runAs(01000, 0, 0), "umask", "0 to 0777",
                        "is 01000"),
                refused("nicer than can be", () -> runAs(0, 20, 0), "nice", "-20 to 19", "is 20"),
                refused("more favoured than can be", () -> runAs(0, -21, 0), "nice", "-20 to 19", "is -21"),
                refused("killed before the first", () -> runAs(0, 0, 1001), "oomScoreAdjust", "-1000 to 1000",
                        "is 1001"),
                refused("killed after the last", () -> runAs(0, 0, -1001), "oomScoreAdjust", "-1000 to 1000",
                        "is -1001"),
                refused("a limit below nothing", () -> Bound.of(-1), "limit", "from 0", "-1"),
                refused("a soft limit above the hard one", () -> new Bound(2, 1), "2 of 1"),
                refused("no soft limit below a hard one", () -> new Bound(ResourceLimit.UNLIMITED, 1),
                        "unlimited of 1"),
                refused("stderr as the descriptor to be ready by", () -> new ReadyBy.Descriptor(2),
                        "from 3 to 255", "is 2"),
                refused("a descriptor that few may have", () -> new ReadyBy.Descriptor(256), "from 3 to 255",
                        "is 256"),
                refused("a file that is full at once", () -> file(4095, Duration.ofDays(1), 5), "maxSize",
                        "at least 4KiB", "is 4095"),
                refused("a file that is old at once", () -> file(4096, Duration.ZERO, 5), "maxAge",
                        "longer than zero", "PT0S"),
                refused("a file from the future", () -> file(4096, Duration.ofSeconds(-1), 5), "maxAge",
                        "longer than zero", "PT-1S"),
                refused("fewer files than none", () -> file(4096, Duration.ofDays(1), -1), "keep",
                        "from 0 to 1000", "is -1"),
                refused("more files than anybody reads", () -> file(4096, Duration.ofDays(1), 1001), "keep",
                        "from 0 to 1000", "is 1001"),
                refused("a logger that is not a sibling", () -> new OutputRule.Logger("a/b"), "'a/b'",
                        "letters"),
                refused("a logger that is not there", () -> logging("a", c -> c.process("x"), "lgo"), "'a'",
                        "'lgo'", "no sibling", "'a'", "'log'"),
                refused("a child that is its own logger", () -> logging("a", c -> c.process("x"), "a"), "'a'",
                        "itself"),
                refused("a logger that is a supervisor",
                        () -> logging("a", c -> c.supervisor(s -> {}), "log"),
                        "'a'", "'log'", "not a process"),
                refused("output that goes round in a circle",
                        () -> logging("a", c -> c.process(PLAIN.with(new OutputRule.Logger("a"))), "log"),
                        "a after log after a"),
                refused("a stop command without a program",
                        () -> new StopRule(Duration.ZERO, List.of("", "x"), Signal.SIGTERM, true),
                        "stop command", "program", "[, x]"));
    }

    /** A child whose output goes to a sibling, beside one named log. */
    private static TreeSpec logging(String id, Consumer<ChildBuilder> log, String logger) {
        return Supervisor.named("shop")
                .child(id, c -> c.process(PLAIN.with(new OutputRule.Logger(logger))))
                .child("log", log)
                .build();
    }

    @Test
    void p11_aLoggerStartsFirstUnlessTheChildSaysHowItWaits() {
        TreeSpec tree = Supervisor.named("shop")
                .child("a", c -> c.process(PLAIN.with(new OutputRule.Logger("log"))))
                .child("b", c -> c.process(PLAIN.with(new OutputRule.Logger("log"))).after("log"))
                .child("log", c -> c.process("log"))
                .build();

        assertThat(tree.root().children()).extracting(ChildSpec::after)
                .containsExactly(List.of(new After("log", After.Condition.STARTED)),
                        List.of(After.ready("log")), List.of());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badInput")
    void whatCannotBeIsRefusedWithTheValueAndWhatIsAllowed(
            String what,
            ThrowingCallable attempt,
            List<String> expected) {
        assertThatThrownBy(attempt).as(what)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(expected.toArray(String[]::new));
    }

    @Test
    void theEndsOfEachRangeAreAllowed() {
        assertThatCode(() -> {
            runAs(0, -20, -1000);
            runAs(0777, 19, 1000);
            runAs("0", "_a.b-c$");
            Bound.of(0);
            new Bound(0, ResourceLimit.UNLIMITED);
            Bound.of(ResourceLimit.UNLIMITED);
            new ReadyBy.Descriptor(3);
            new ReadyBy.Descriptor(255);
            file(4096, Duration.ofMillis(1), 0);
            file(Long.MAX_VALUE, Duration.ofMillis(1), 1000);
        }).doesNotThrowAnyException();
    }

    @Test
    void aProcessThatSaysNothingHasTheDefaults() {
        assertThat(PLAIN.runAs()).isEqualTo(RunAs.theSupervisor());
        assertThat(RunAs.theSupervisor()).isEqualTo(new RunAs(Optional.empty(), Optional.empty(),
                OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty(),
                new EnumMap<>(ResourceLimit.class)));
        assertThat(PLAIN.ready()).isEqualTo(ReadyBy.START);
        assertThat(PLAIN.output()).isEqualTo(OutputRule.PREFIXED);
        assertThat(PLAIN.cgroup()).isFalse();
        assertThat(OutputRule.File.byDefault()).isEqualTo(new OutputRule.File(Optional.empty(),
                new ByteSize(10 * 1024 * 1024), Optional.empty(), 5, WhenFull.DROP));
        assertThat(StopRule.within(Duration.ofSeconds(1)).command()).isEmpty();
    }

    @Test
    void whoeverMadeItCannotChangeItAfterwards() {
        Map<ResourceLimit, Bound> limits = new EnumMap<>(Map.of(ResourceLimit.CORE, Bound.of(0)));
        RunAs runAs = new RunAs(Optional.empty(), Optional.empty(), OptionalInt.empty(), OptionalInt.empty(),
                OptionalInt.empty(), limits);
        List<String> words = new ArrayList<>(List.of("bye"));
        StopRule stop = new StopRule(Duration.ofSeconds(1), words, Signal.SIGTERM, true);

        limits.clear();
        words.clear();

        assertThat(runAs.limits()).containsOnlyKeys(ResourceLimit.CORE);
        assertThat(stop.command()).containsExactly("bye");
        assertThatThrownBy(() -> runAs.limits().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> stop.command().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    /** What each wither changes, and nothing else. */
    private static final Map<String, UnaryOperator<ProcessSpec>> WITHERS = Map.of("environment",
            spec -> spec.withEnvironment(Map.of("A", "1"), true), "inheritEnvironment",
            spec -> spec.withEnvironment(Map.of(), false), "workingDirectory",
            spec -> spec.withWorkingDirectory(Path.of("/data")), "successExitCodes",
            spec -> spec.withExitCodes(List.of(0, 1), List.of()), "doNotRestartExitCodes",
            spec -> spec.withExitCodes(List.of(0), List.of(78)), "runAs",
            spec -> spec.with(runAs("postgres", "postgres")), "ready", spec -> spec.with(ReadyBy.NOTIFY),
            "output", spec -> spec.with(OutputRule.File.byDefault()), "cgroup",
            spec -> spec.withCgroup(true));

    private static Set<String> different(ProcessSpec before, ProcessSpec after) throws Exception {
        Set<String> names = new HashSet<>();
        for (RecordComponent component : ProcessSpec.class.getRecordComponents()) {
            if (!component.getAccessor().invoke(before).equals(component.getAccessor().invoke(after))) {
                names.add(component.getName());
            }
        }
        return names;
    }

    @Test
    void eachWitherChangesItsOwnAndNothingElse() throws Exception {
        ProcessSpec full = PLAIN;
        for (Map.Entry<String, UnaryOperator<ProcessSpec>> wither : WITHERS.entrySet()) {
            assertThat(different(PLAIN, wither.getValue().apply(PLAIN))).containsExactly(wither.getKey());
            if (!Set.of("environment", "doNotRestartExitCodes").contains(wither.getKey())) {
                full = wither.getValue().apply(full);
            }
        }
        assertThat(different(PLAIN, full)).as("none takes back what another has changed")
                .containsExactlyInAnyOrder("inheritEnvironment", "workingDirectory", "successExitCodes",
                        "runAs",
                        "ready", "output", "cgroup");
        assertThat(WITHERS.keySet()).as("all but the command, which makes another process of it")
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ProcessSpec.class.getRecordComponents())
                        .map(RecordComponent::getName)
                        .filter(name -> !name.equals("command"))
                        .toList());
    }

    private static TreeSpec tree(ProcessSpec spec, StopRule stop) {
        return Supervisor.named("shop")
                .child("log", c -> c.process("log"))
                .child("db", c -> c.process(spec).stop(stop))
                .build();
    }

    @Test
    void a5_whatIsReadAtStartRestartsTheChildAndTheMeaningOfExitCodesDoesNot() {
        StopRule stop = StopRule.within(Duration.ofSeconds(1));
        WITHERS.forEach((name, wither) -> {
            String kind = name.endsWith("ExitCodes") ? "changed" : "restarted";
            assertThat(SpecDiff.between(tree(PLAIN, stop), tree(wither.apply(PLAIN), stop)).changes())
                    .hasToString("[" + kind + " db [work." + name + "]]");
        });
        assertThat(SpecDiff.between(tree(PLAIN, stop), tree(ProcessSpec.of("db"), stop)).changes())
                .hasToString("[restarted db [work.command]]");
    }

    @Test
    void a5_whatIsEqualIsNoChangeAndAnotherStopCommandLeavesTheInstance() {
        StopRule stop = new StopRule(Duration.ofSeconds(1), List.of("bye"), Signal.SIGTERM, true);
        UnaryOperator<ProcessSpec> all = spec -> spec.with(runAs(027, 5, 100))
                .with(new ReadyBy.Descriptor(4))
                .with(OutputRule.File.byDefault())
                .withCgroup(true);

        assertThat(SpecDiff.between(tree(all.apply(PLAIN), stop), tree(all.apply(PLAIN), stop)).isEmpty())
                .isTrue();
        assertThat(SpecDiff
                .between(tree(PLAIN, stop), tree(PLAIN, StopRule.within(Duration.ofSeconds(1))))
                .changes()).hasToString("[changed db [stop]]");
        assertThat(SpecDiff
                .between(tree(PLAIN.with(new ReadyBy.Descriptor(4)), stop),
                        tree(PLAIN.with(new ReadyBy.Descriptor(5)), stop))
                .changes()).hasToString("[restarted db [work.ready]]");
    }

    @Test
    void s1_aProcessThatSaysWhenItIsReadyIsWaitedFor() {
        for (ReadyBy ready : List.of(ReadyBy.NOTIFY, new ReadyBy.Descriptor(3))) {
            assertThat(new ChildBuilder("db").process(PLAIN.with(ready)).build().hasReadiness()).isTrue();
        }
        assertThat(new ChildBuilder("db").process(PLAIN).build().hasReadiness()).isFalse();
        assertThat(new ChildBuilder("db").process(PLAIN).check(Choice.of("tcp")).build().hasReadiness())
                .as("a check of liveness holds nobody up")
                .isFalse();
        assertThat(new ChildBuilder("db").process(PLAIN).readyWhen(Choice.of("tcp")).build().hasReadiness())
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(ResourceLimit.class)
    void aLimitHasAKeyOfOursAndTheNameThatPrlimitHasForIt(ResourceLimit limit) {
        assertThat(limit.key()).matches("[a-z]+([A-Z][a-z]+)*");
        assertThat(limit.resource()).isIn("nofile", "nproc", "core", "as", "data", "stack", "fsize",
                "memlock",
                "cpu", "sigpending");
        assertThat(Arrays.stream(ResourceLimit.values())
                .filter(other -> other.key().equals(limit.key())
                        || other.resource().equals(limit.resource())))
                .containsExactly(limit);
    }

    @Test
    void aBoundIsSoftAndHardAtOnceUnlessBothAreSaid() {
        assertThat(Bound.of(7)).isEqualTo(new Bound(7, 7));
        assertThatIllegalArgumentException().isThrownBy(() -> new Bound(8, 7));
    }
}
