package dev.upkeep.process;

import static dev.upkeep.process.Host.stat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.upkeep.api.OutputRule;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.ReadyBy;
import dev.upkeep.api.RunAs;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.ResourceUse;
import dev.upkeep.api.child.Signal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The contract over the kernel's own calls, and what only they can do. */
@EnabledOnOs(OS.LINUX)
class PosixProcessesTest extends ProcessesContract {
    @Override
    Processes open() {
        return PosixProcesses.open();
    }

    @Test
    @DisplayName("P5 when the leader ends and a member stays, that is said, and gone comes after the member's end")
    void memberStays() {
        RecordedEvents events = new RecordedEvents();
        ChildProcess child = start(shell("sleep 60 & echo $!; exit 2"), events);
        events.awaitTold("leaderEnded");

        assertThat(events.end().status()).isEqualTo(ExitStatus.ofCode(2));
        assertThat(events.end().membersLeft()).isTrue();
        assertThat(events.order()).containsExactly("started", "leaderEnded");
        assertThat(child.pid()).hasValue(events.pid());

        child.signal(Signal.SIGTERM, false);

        events.awaitGone();
        long member = Long.parseLong(events.awaitThat("a pid", each -> each.out().size() == 1).out().get(0));
        assertThat(stat(member)).matches("Z.*|");
    }

    @Test
    @DisplayName("P5 a member that ends by itself is noticed without anybody's signal")
    void memberEndsByItself() {
        RecordedEvents events = run(shell("sleep 0.3 & exit 0")).awaitTold("leaderEnded");

        assertThat(events.end().membersLeft()).isTrue();
        events.awaitGone();
    }

    /** A walk through /proc takes milliseconds, and a member that is replaced by its own child meanwhile is in no place of it. */
    @Test
    @DisplayName("P5 R6 a member that forks and ends faster than anybody can look is still there until it has ended")
    void memberThatIsNeverTheSame() throws IOException {
        Path perl = Path.of("/usr/bin/perl");
        assumeTrue(Files.isExecutable(perl), "no perl to hop with");
        Path landed = directory.resolve("landed");
        String hops = """
                exit 0 if fork;
                for (my $i = 0; $i < 4000; $i++) { exit 0 if fork; }
                open(my $f, '>', $ARGV[0]); close $f; select(undef, undef, undef, 0.2);""";

        RecordedEvents events = run(ProcessSpec.of(perl.toString(), "-e", hops, landed.toString()))
                .awaitGone();

        assertThat(landed).exists();
        assertThat(events.end().membersLeft()).isTrue();
        assertThat(events.order()).containsExactly("started", "leaderEnded", "gone");
    }

    @Test
    @DisplayName("P5 a member that ignores SIGTERM is killed although its leader was reaped")
    void stubbornMember() {
        RecordedEvents events = new RecordedEvents();
        ChildProcess child = start(
                shell("sh -c 'trap \"echo ignored\" TERM; echo ready; while :; do sleep 0.02; done' & exit 0"),
                events);
        events.awaitOut("ready").awaitTold("leaderEnded");
        child.signal(Signal.SIGTERM, true);
        events.awaitOut("ignored");

        child.kill();

        events.awaitGone();
    }

    @Test
    @DisplayName("P6 what the process had used comes with its end")
    void resourceUse() {
        RecordedEvents events = run(shell("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done")).awaitGone();

        ResourceUse used = events.end().used().orElseThrow();
        assertThat(used.user()).isBetween(Duration.ofMillis(5), Duration.ofSeconds(20));
        assertThat(used.system()).isLessThan(Duration.ofSeconds(20));
        assertThat(used.maxRss()).as("it began in our memory, and never had more").isEmpty();
    }

    @Test
    @DisplayName("P1 every child leads a session of its own, with no signal blocked or ignored")
    void ownSession() {
        RecordedEvents events = run(
                shell("cat /proc/self/stat; grep -E 'SigBlk|SigIgn' /proc/self/status; echo end"))
                .awaitOut("end");

        String[] stat = events.out()
                .get(0)
                .substring(events.out().get(0).lastIndexOf(')') + 2)
                .split(" ", -1);
        assertThat(stat[2]).isEqualTo(Long.toString(events.pid()));
        assertThat(stat[3]).isEqualTo(Long.toString(events.pid()));
        assertThat(events.out().subList(1, 3))
                .allSatisfy(line -> assertThat(line).endsWith("0000000000000000"));
    }

    @Test
    void idleChildrenCostNoThread() {
        long before = Thread.getAllStackTraces().size();
        List<RecordedEvents> many = IntStream.range(0, 200).mapToObj(i -> new RecordedEvents()).toList();
        List<ChildProcess> children = many.stream()
                .map(events -> start(ProcessSpec.of("sleep", "60"), events))
                .toList();
        many.forEach(events -> events.awaitTold("started"));

        assertThat((long) Thread.getAllStackTraces().size()).isLessThanOrEqualTo(before + 2);
        children.forEach(ChildProcess::kill);
        many.forEach(RecordedEvents::awaitGone);
    }

    @Test
    @DisplayName("P11 a sink that hangs does not hold back the report of an exit")
    void hangingSink() {
        CountDownLatch release = new CountDownLatch(1);
        RecordedEvents events = new RecordedEvents();
        OutputSink hanging = (stderr, buffer, offset, length) -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        try {
            ChildPath path = new ChildPath("test/child");
            processes().start(new Launch(path, 1, shell("echo words >&2; exit 6"), hanging), events);

            assertThat(events.awaitGone().end().status()).isEqualTo(ExitStatus.ofCode(6));
            assertThat(events.end().lastWords()).containsExactly("words");
        } finally {
            release.countDown();
        }
    }

    @Test
    @DisplayName("P2 arguments and variables are UTF-8 whatever the locale of the JVM")
    void textIsUtf8() {
        ProcessSpec spec = new ProcessSpec(List.of("sh", "-c", "echo $GREETING \"$0\"", "İyi günler"),
                Map.of("GREETING", "günaydın"), true, Optional.empty(), List.of(0), List.of(),
                RunAs.theSupervisor(), ReadyBy.START, OutputRule.PREFIXED, false);

        run(spec).awaitOut("günaydın İyi günler");
    }

    @Test
    @DisplayName("P8 the JVM's own children keep their exit codes")
    void theJvmsOwnChildren() throws Exception {
        List<Process> own = new ArrayList<>();
        List<RecordedEvents> ours = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            own.add(new ProcessBuilder("sh", "-c", "exit 3").start());
            ours.add(run(shell("sleep 0.01 & exit 4")));
        }

        for (Process process : own) {
            assertThat(process.waitFor()).isEqualTo(3);
        }
        ours.forEach(events -> assertThat(events.awaitGone().end().status()).isEqualTo(ExitStatus.ofCode(4)));
    }

    @Test
    @DisplayName("P8 an orphan of the group that falls to this process as a subreaper is reaped")
    void orphansOfTheGroup() {
        subreaper(1);
        try {
            RecordedEvents events = run(shell("sleep 0.2 & echo $!; exit 0")).awaitGone();
            long member = Long
                    .parseLong(events.awaitThat("a pid", each -> each.out().size() == 1).out().get(0));

            assertThat(stat(member)).isEmpty();
        } finally {
            subreaper(0);
        }
    }

    @Test
    @DisplayName("P7 what a grandchild writes after the exit is still read")
    void grandchildIsReadAfterTheExit() {
        RecordedEvents events = run(shell("setsid sh -c 'sleep 1; echo after' & exit 3"));

        events.awaitGone();
        events.awaitOut("after");
    }

    private static void subreaper(int on) {
        long prctl = System.getProperty("os.arch").equals("aarch64") ? 167 : 157;
        assertThat(Libc.syscall(prctl, 36, on, 0, 0, 0, 0)).isZero();
    }

    @Test
    @DisplayName("P3 arguments that are too long are the child's fault")
    void argumentsTooLong() {
        StartRefusal why = run(ProcessSpec.of("true", "x".repeat(200_000))).awaitTold("refused").refusal();

        assertThat(why.errno()).isEqualTo("E2BIG");
        assertThat(why.hostShortage()).isFalse();
    }

    @Test
    @DisplayName("P3 a file that is neither program nor script is refused with ENOEXEC")
    void notAProgram() throws IOException {
        Path text = Files.writeString(directory.resolve("text"), "echo hello\n");
        assertThat(text.toFile().setExecutable(true)).isTrue();

        assertThat(run(ProcessSpec.of(text.toString())).awaitTold("refused").refusal().errno())
                .isEqualTo("ENOEXEC");
    }

    @Test
    @DisplayName("P3 P4 without descriptors a start is refused as the host's shortage, and nothing runs on unknown")
    void shortageOfDescriptors() throws IOException {
        Process jvm = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                FewDescriptors.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();

        assertThat(new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines())
                .containsExactly("heard true", "pipe2 EMFILE true", "openat EMFILE true",
                        "pidfd_open EMFILE true",
                        "running 1");
    }

    @Test
    void isWhatThisHostGets() {
        try (Processes best = Processes.forThisHost()) {
            assertThat(best.description()).isEqualTo("posix_spawn, pidfd, epoll");
        }
    }

    @Test
    @DisplayName("closing kills nothing")
    void closingKillsNothing() {
        RecordedEvents events = new RecordedEvents();
        start(ProcessSpec.of("sleep", "60"), events);
        events.awaitTold("started");

        processes().close();

        assertThat(ProcessHandle.of(events.pid()).orElseThrow().isAlive()).isTrue();
    }
}
