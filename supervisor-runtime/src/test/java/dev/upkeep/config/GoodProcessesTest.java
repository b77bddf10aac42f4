package dev.upkeep.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.upkeep.api.After;
import dev.upkeep.api.After.Condition;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.OutputRule;
import dev.upkeep.api.OutputRule.WhenFull;
import dev.upkeep.api.PoolSpec;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.ReadyBy;
import dev.upkeep.api.ResourceLimit;
import dev.upkeep.api.ResourceLimit.Bound;
import dev.upkeep.api.RunAs;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.Signal;
import dev.upkeep.api.settings.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a file says of a process, and what it comes to (P2, P5, P9, P11). */
class GoodProcessesTest {
    private static ProcessSpec process(ChildSpec child) {
        return (ProcessSpec) child.work();
    }

    private static ProcessSpec process(String line) {
        return process(new Reader().children("a:\n  command: [a]\n" + line.indent(2)).get(0));
    }

    @Test
    void p2AllOfAsWhomAndWithinWhichBoundsItRuns() {
        assertThat(process("""
                user: postgres
                group: tty
                umask: "027"
                nice: -5
                oomScoreAdjust: -900
                limits: {openFiles: 1024, processes: {soft: 10, hard: unlimited}, core: 0, memory: 512MiB, data: 1GiB,
                         stack: {soft: 8MiB, hard: 16MiB}, fileSize: unlimited, lockedMemory: 65536, cpu: 1m30s,
                         pendingSignals: 7}
                cgroup: true
                """)).isEqualTo(ProcessSpec.of("a")
                .withWorkingDirectory(Path.of("/srv/shop"))
                .withCgroup(true)
                .with(new RunAs(Optional.of("postgres"), Optional.of("tty"), OptionalInt.of(027),
                        OptionalInt.of(-5), OptionalInt.of(-900),
                        Map.of(ResourceLimit.OPEN_FILES, Bound.of(1024), ResourceLimit.PROCESSES,
                                new Bound(10, ResourceLimit.UNLIMITED), ResourceLimit.CORE, Bound.of(0),
                                ResourceLimit.MEMORY, Bound.of(512L << 20), ResourceLimit.DATA,
                                Bound.of(1L << 30), ResourceLimit.STACK, new Bound(8L << 20, 16L << 20),
                                ResourceLimit.FILE_SIZE, Bound.of(ResourceLimit.UNLIMITED),
                                ResourceLimit.LOCKED_MEMORY, Bound.of(65536), ResourceLimit.CPU, Bound.of(90),
                                ResourceLimit.PENDING_SIGNALS, Bound.of(7)))));
    }

    @Test
    void aProcessThatSaysNothingHasWhatTheSupervisorHas() {
        ProcessSpec plain = process("");

        assertThat(plain.runAs()).isSameAs(RunAs.theSupervisor());
        assertThat(plain.ready()).isEqualTo(ReadyBy.START);
        assertThat(plain.output()).isEqualTo(OutputRule.PREFIXED);
        assertThat(plain.cgroup()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "27, 23", "0777, 511", "0o22, 18", "'\"022\"', 18"})
    void aUmaskIsOctalHoweverItIsWritten(String written, int umask) {
        assertThat(process("umask: " + written).runAs().umask()).hasValue(umask);
    }

    @Test
    void aUserMayBeANumberAndNeedNotBeInAFile() {
        assertThat(process("user: 70").runAs().user()).contains("70");
        assertThat(process("user: 4711\ngroup: 4712").runAs())
                .extracting(RunAs::user, RunAs::group)
                .containsExactly(Optional.of("4711"), Optional.of("4712"));
    }

    @Test
    void whoeverIsNotRootMayNameItselfAndTakeWhatItHas() {
        ProcessSpec spec = process(new Reader().on(Hosts.alice()).children("""
                a:
                  command: [a]
                  user: alice
                  group: 1000
                  nice: 3
                  oomScoreAdjust: 0
                  limits: {openFiles: 4096, core: unlimited, cpu: {soft: 1s, hard: 1h}, stack: unlimited}
                """).get(0));

        assertThat(spec.runAs().user()).contains("alice");
        assertThat(spec.runAs().limits()).containsEntry(ResourceLimit.CPU, new Bound(1, 3600));
    }

    @Test
    void p9ItSaysItselfThatItIsReady() {
        assertThat(process("ready: notify").ready()).isEqualTo(ReadyBy.NOTIFY);
        assertThat(process("ready: {fd: 3}").ready()).isEqualTo(new ReadyBy.Descriptor(3));
        assertThat(process("ready: {fd: 255}").ready()).isEqualTo(new ReadyBy.Descriptor(255));
    }

    @Test
    void p11ItsOutputGoesWhereTheFileSays() {
        OutputRule.File plain = OutputRule.File.byDefault();
        assertThat(process("output: prefix").output()).isEqualTo(OutputRule.PREFIXED);
        assertThat(process("output: inherit").output()).isEqualTo(OutputRule.INHERITED);
        assertThat(process("output: file").output()).isEqualTo(plain);
        assertThat(process("output: {file: {}}").output()).isEqualTo(plain);
        assertThat(process("output: {file: \"logs/${path}.log\"}").output())
                .isEqualTo(new OutputRule.File(Optional.of(Path.of("/srv/shop/logs/shop/a.log")),
                        plain.maxSize(), Optional.empty(), plain.keep(), WhenFull.DROP));
        assertThat(process(
                "output: {file: {path: /var/log/a, maxSize: 4KiB, maxAge: 24h, keep: 0, whenFull: block}}")
                .output()).isEqualTo(new OutputRule.File(Optional.of(Path.of("/var/log/a")),
                        new ByteSize(4096), Optional.of(Duration.ofHours(24)), 0, WhenFull.BLOCK));
    }

    @Test
    void p11ALoggerStartsFirstUnlessTheChildSaysHowItWaits() {
        List<ChildSpec> children = new Reader().children("""
                a: {command: [a], output: {logger: log}, after: [db]}
                b: {command: [b], output: {logger: log}, after: {log: ready}}
                db: {command: [db]}
                log: {command: [log], output: {logger: last}}
                last: {command: [last], output: file}
                """);

        assertThat(process(children.get(0)).output()).isEqualTo(new OutputRule.Logger("log"));
        assertThat(children.get(0).after()).containsExactly(After.ready("db"),
                new After("log", Condition.STARTED));
        assertThat(children.get(1).after()).containsExactly(After.ready("log"));
        assertThat(children.get(3).after()).containsExactly(new After("last", Condition.STARTED));
        assertThat(children.get(4).after()).isEmpty();
    }

    @Test
    void p11EachOfAPoolMayHaveALoggerOfItsOwn() {
        TreeSpec tree = new Reader().tree("""
                children:
                  web: {command: [web], replicas: 1, output: {logger: "log-${index}"}}
                  log: {command: [log], replicas: 2}
                """);
        PoolSpec web = Optional.ofNullable(tree.root().pools().get("web")).orElseThrow();

        assertThat(web.members(2).get(1).after()).containsExactly(new After("log-1", Condition.STARTED));
        assertThat(process(web.members(2).get(1)).output()).isEqualTo(new OutputRule.Logger("log-1"));
        assertThatIllegalArgumentException().isThrownBy(() -> web.members(3))
                .withMessage("2:55 children.web.output.logger: no sibling has the id 'log-2'."
                        + " Did you mean 'log-0'?");
    }

    @Test
    void p5AStopCommandHasTheWordsThatACommandHas() {
        StopRule rule = new Reader().children("""
                a:
                  command: [a]
                  workingDirectory: data
                  stop: {command: './ctl.sh stop "now ${path}"', timeout: 3s, signal: INT}
                """).get(0).stop();

        assertThat(rule).isEqualTo(new StopRule(Duration.ofSeconds(3),
                List.of("/srv/shop/data/ctl.sh", "stop", "now shop/a"), Signal.SIGINT, true));
        assertThat(new Reader().children("a: {command: [a], stop: {command: 'kill $MAINPID', shell: true}}")
                .get(0)
                .stop()
                .command()).containsExactly("sh", "-c", "kill $MAINPID");
        assertThat(new Reader().children("a: {command: [a], stop: {command: [pg_ctl, stop]}}").get(0).stop())
                .isEqualTo(new StopRule(Duration.ofSeconds(10), List.of("pg_ctl", "stop"), Signal.SIGTERM,
                        true));
    }

    @Test
    void f8ProcessesInheritTheirDefaultsAndOthersAreNotTroubledByThem() {
        TreeSpec tree = new Reader().tree("""
                defaults:
                  user: postgres
                  umask: "077"
                  nice: 5
                  oomScoreAdjust: 100
                  limits: {core: 0, openFiles: 64}
                  output: {logger: log}
                  stop: {command: [bye], timeout: 3s}
                children:
                  a: {command: [a]}
                  b: {command: [b], user: nobody, limits: {cpu: 5}, output: inherit, stop: brutal}
                  c: {component: dev.upkeep.config.TestTypes$Extract}
                  log: {command: [log]}
                  below:
                    defaults: {output: file, group: tty}
                    children:
                      d: {command: [d]}
                """);

        ProcessSpec a = process(Reader.child(tree.root(), "a"));
        ProcessSpec b = process(Reader.child(tree.root(), "b"));
        ChildSpec below = Reader.child(tree.root(), "below");
        ProcessSpec d = process(Reader.child((SupervisorSpec) below.work(), "d"));
        assertThat(a.runAs()).isEqualTo(new RunAs(Optional.of("postgres"), Optional.empty(),
                OptionalInt.of(077), OptionalInt.of(5), OptionalInt.of(100),
                Map.of(ResourceLimit.CORE, Bound.of(0), ResourceLimit.OPEN_FILES, Bound.of(64))));
        assertThat(a.output()).isEqualTo(new OutputRule.Logger("log"));
        assertThat(b.runAs().user()).contains("nobody");
        assertThat(b.runAs().limits()).containsOnlyKeys(ResourceLimit.CPU);
        assertThat(b.output()).isEqualTo(OutputRule.INHERITED);
        assertThat(process(Reader.child(tree.root(), "log")).output()).as("not its own logger")
                .isEqualTo(OutputRule.PREFIXED);
        assertThat(d.output()).isEqualTo(OutputRule.File.byDefault());
        assertThat(d.runAs().group()).contains("tty");
        assertThat(d.runAs().nice()).hasValue(5);
        assertThat(Reader.child(tree.root(), "a").stop().command()).containsExactly("bye");
        assertThat(Reader.child(tree.root(), "c").stop())
                .isEqualTo(StopRule.within(Duration.ofSeconds(3)));
        assertThat(below.stop()).isEqualTo(StopRule.infinite());
    }
}
