package dev.upkeep.process;

import static dev.upkeep.process.Host.eventually;
import static dev.upkeep.process.Host.openPipes;
import static dev.upkeep.process.Host.stat;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.OutputRule;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.ReadyBy;
import dev.upkeep.api.RunAs;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every way of running processes holds. The processes are real. */
@Timeout(60)
abstract class ProcessesContract {
    @TempDir
    Path directory;

    private Processes processes;
    private final Set<RecordedEvents> all = new LinkedHashSet<>();

    /** Returns a new one, which the test closes. */
    abstract Processes open();

    @BeforeEach
    void openProcesses() {
        processes = open();
    }

    @AfterEach
    void leaveNothing() {
        for (RecordedEvents events : all) {
            if (events.pid() > 0) {
                ProcessHandle.of(events.pid()).ifPresent(handle -> {
                    handle.descendants().forEach(ProcessHandle::destroyForcibly);
                    handle.destroyForcibly();
                });
            }
        }
        processes.close();
    }

    final Processes processes() {
        return processes;
    }

    final ChildProcess start(ProcessSpec spec, RecordedEvents events) {
        all.add(events);
        return processes.start(new Launch(new ChildPath("test/child"), 1, spec, events), events);
    }

    final RecordedEvents run(ProcessSpec spec) {
        RecordedEvents events = new RecordedEvents();
        start(spec, events);
        return events;
    }

    static ProcessSpec shell(String script) {
        return ProcessSpec.of("sh", "-c", script);
    }

    private static ProcessSpec in(Path workingDirectory, String... command) {
        return new ProcessSpec(List.of(command), Map.of(), true, Optional.of(workingDirectory), List.of(0),
                List.of(), RunAs.theSupervisor(), ReadyBy.START, OutputRule.PREFIXED, false);
    }

    private Path file(String name, String text, String permissions) {
        try {
            Path file = Files.writeString(directory.resolve(name), text);
            return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- exits

    @Test
    @DisplayName("P6 the exit code is reported, once and in order")
    void exitCode() {
        RecordedEvents events = run(shell("exit 7")).awaitGone();

        assertThat(events.end().status()).isEqualTo(ExitStatus.ofCode(7));
        assertThat(events.end().membersLeft()).isFalse();
    }

    @Test
    @DisplayName("P6 the signal that ended it is reported")
    void exitSignal() {
        RecordedEvents events = run(shell("kill -9 $$")).awaitGone();

        assertThat(events.end().status()).isEqualTo(ExitStatus.ofSignal(9, false));
    }

    @Test
    @DisplayName("P6 the last 64 lines of stderr come with the exit")
    void lastWords() {
        RecordedEvents events = run(shell(
                "i=1; while [ $i -le 100 ]; do echo line $i >&2; i=$((i+1)); done; printf end >&2; exit 1"))
                .awaitGone();

        List<String> expected = Stream
                .concat(IntStream.rangeClosed(38, 100).mapToObj(i -> "line " + i), Stream.of("end"))
                .toList();
        assertThat(events.end().lastWords()).isEqualTo(expected);
    }

    @Test
    @DisplayName("P7 a grandchild that holds the pipe does not hide the exit")
    void grandchildHoldsThePipe() {
        RecordedEvents events = run(shell("echo before; setsid sh -c 'sleep 1; echo after' & exit 3"));

        events.awaitGone();
        assertThat(events.end().status()).isEqualTo(ExitStatus.ofCode(3));
        assertThat(events.out()).doesNotContain("after");
    }

    @Test
    @DisplayName("P7 a child that closes its output is not dead")
    void closedOutputIsNotDeath() {
        RecordedEvents events = new RecordedEvents();
        Path stop = directory.resolve("stop");
        start(shell("echo open; exec >&- 2>&-; until [ -e '" + stop + "' ]; do sleep 0.02; done; exit 4"),
                events);

        events.awaitOut("open");
        assertThat(events.order()).containsExactly("started");
        file("stop", "", "rw-------");
        assertThat(events.awaitGone().end().status()).isEqualTo(ExitStatus.ofCode(4));
    }

    // ---- refusals

    @Test
    @DisplayName("P3 a program that is nowhere in PATH is refused with ENOENT and its name")
    void programNotInPath() {
        StartRefusal why = run(ProcessSpec.of("no-such-program")).awaitTold("refused").refusal();

        assertThat(why.errno()).isEqualTo("ENOENT");
        assertThat(why.reason()).contains("no-such-program");
        assertThat(why.hostShortage()).isFalse();
    }

    @Test
    @DisplayName("P3 a program that does not exist is refused with ENOENT and its path")
    void programNotThere() {
        String program = directory.resolve("missing").toString();
        StartRefusal why = run(ProcessSpec.of(program)).awaitTold("refused").refusal();

        assertThat(why).isEqualTo(
                new StartRefusal("execve", "ENOENT", "there is no program '" + program + "'", false));
    }

    @Test
    @DisplayName("P3 a file that may not be executed is refused with EACCES")
    void programNotExecutable() {
        Path program = file("plain", "#!/bin/sh\n", "rw-r--r--");
        StartRefusal why = run(ProcessSpec.of(program.toString())).awaitTold("refused").refusal();

        assertThat(why)
                .isEqualTo(
                        new StartRefusal("execve", "EACCES", "'" + program + "' is not executable", false));
    }

    @Test
    @DisplayName("P3 a directory as a program is refused as one")
    void programIsDirectory() {
        StartRefusal why = run(ProcessSpec.of(directory.toString())).awaitTold("refused").refusal();

        assertThat(why.errno()).isEqualTo("EACCES");
        assertThat(why.reason()).isEqualTo("'" + directory + "' is a directory");
    }

    @Test
    @DisplayName("P3 a script whose interpreter is missing is refused naming the interpreter")
    void badInterpreter() {
        Path program = file("script", "#!/no/such/interpreter -x\n", "rwxr-xr-x");
        StartRefusal why = run(ProcessSpec.of(program.toString())).awaitTold("refused").refusal();

        assertThat(why.errno()).isEqualTo("ENOENT");
        assertThat(why.reason()).contains("/no/such/interpreter").contains("script");
    }

    @Test
    @DisplayName("P3 a missing working directory is refused as such, not as a missing program")
    void workingDirectoryMissing() {
        Path missing = directory.resolve("gone");
        StartRefusal why = run(in(missing, "sh", "-c", "exit 0")).awaitTold("refused").refusal();

        assertThat(why).isEqualTo(
                new StartRefusal("chdir", "ENOENT", "the working directory '" + missing + "' does not exist",
                        false));
    }

    @Test
    void refusesWhatNoKernelTakes() {
        assertThat(run(ProcessSpec.of("echo", "a\0b")).awaitTold("refused").refusal().errno())
                .isEqualTo("EINVAL");
        ProcessSpec badName = new ProcessSpec(List.of("true"), Map.of("A=B", "x"), true, Optional.empty(),
                List.of(0), List.of(), RunAs.theSupervisor(), ReadyBy.START, OutputRule.PREFIXED, false);
        assertThat(run(badName).awaitTold("refused").refusal().errno()).isEqualTo("EINVAL");
    }

    @Test
    void doesNothingWhenAskedToSignalWhatWasRefused() {
        RecordedEvents events = new RecordedEvents();
        ChildProcess child = start(ProcessSpec.of("no-such-program"), events);
        child.signal(Signal.SIGTERM, true);
        events.awaitTold("refused");
        child.kill();

        assertThat(child.pid()).isEmpty();
        assertThat(events.order()).containsExactly("refused");
    }

    // ---- what it is started with

    @Test
    @DisplayName("P2 its own variables beat the inherited ones, or are the only ones")
    void environment() {
        Map<String, String> own = Map.of("PATH", System.getenv("PATH"), "GREETING", "good day");
        String script = "echo $GREETING; env | grep -c ^HOME=";
        ProcessSpec alone = new ProcessSpec(List.of("sh", "-c", script), own, false, Optional.empty(),
                List.of(0), List.of(), RunAs.theSupervisor(), ReadyBy.START, OutputRule.PREFIXED, false);
        ProcessSpec added = new ProcessSpec(
                List.of("sh", "-c", "echo $HOME"), Map.of("HOME", "/elsewhere"), true, Optional.empty(),
                List.of(0), List.of(), RunAs.theSupervisor(), ReadyBy.START, OutputRule.PREFIXED, false);
        ProcessSpec inherited = shell("echo $PATH");

        assertThat(run(alone).awaitThat("two lines", events -> events.out().size() == 2).out())
                .containsExactly("good day", "0");
        run(added).awaitOut("/elsewhere");
        run(inherited).awaitOut(System.getenv("PATH"));
    }

    @Test
    @DisplayName("P2 the program is looked up in the child's own PATH")
    void ownPath() {
        file("only-here", "#!/bin/sh\necho found $1\n", "rwxr-xr-x");
        ProcessSpec spec = new ProcessSpec(
                List.of("only-here", "it"), Map.of("PATH", "/nowhere:" + directory), true, Optional.empty(),
                List.of(0), List.of(), RunAs.theSupervisor(), ReadyBy.START, OutputRule.PREFIXED, false);

        run(spec).awaitOut("found it");
    }

    @Test
    @DisplayName("P2 it starts in its working directory, and a relative program is found there")
    void workingDirectory() throws IOException {
        file("local", "#!/bin/sh\npwd\n", "rwxr-xr-x");

        run(in(directory, "./local")).awaitOut(directory.toRealPath().toString());
    }

    @Test
    void hasNothingOnItsStandardInput() {
        assertThat(run(ProcessSpec.of("cat")).awaitGone().end().status()).isEqualTo(ExitStatus.ofCode(0));
    }

    @Test
    @DisplayName("P1 it gets no other descriptor than 0, 1 and 2, although the supervisor has many")
    void noDescriptorsInherited() throws IOException {
        // Descriptors of the JDK are not close-on-exec.
        try (var open = Files.newInputStream(file("open", "text", "rw-------"))) {
            RecordedEvents events = run(ProcessSpec.of("ls", "/proc/self/fd")).awaitGone();

            // 3 is the directory that ls reads.
            events.awaitThat("four numbers", each -> each.out().equals(List.of("0", "1", "2", "3")));
            assertThat(open.available()).isEqualTo(4);
        }
    }

    // ---- signals

    @Test
    @DisplayName("P5 a stopped process dies of SIGTERM, because SIGCONT follows")
    void stoppedProcess() {
        RecordedEvents events = new RecordedEvents();
        ChildProcess child = start(shell("kill -STOP $$; sleep 60"), events);
        events.awaitTold("started");
        eventually().until(() -> stat(events.pid()).startsWith("T"));

        child.signal(Signal.SIGTERM, true);

        assertThat(events.awaitGone().end().status()).isEqualTo(ExitStatus.ofSignal(15, false));
    }

    @Test
    void killsWhatIgnoresSigterm() {
        RecordedEvents events = new RecordedEvents();
        ChildProcess child = start(
                shell("trap 'echo ignored' TERM; echo ready; while :; do sleep 0.05; done"), events);
        events.awaitOut("ready");
        child.signal(Signal.SIGTERM, false);
        events.awaitOut("ignored");
        assertThat(events.order()).containsExactly("started");

        child.kill();

        assertThat(events.awaitGone().end().status()).isEqualTo(ExitStatus.ofSignal(9, false));
        assertThat(child.pid()).isEmpty();
    }

    @Test
    void sendsOtherSignals() {
        RecordedEvents events = new RecordedEvents();
        ChildProcess child = start(shell("trap 'exit 9' USR1; echo ready; while :; do sleep 0.02; done"),
                events);
        events.awaitOut("ready");

        child.signal(Signal.SIGUSR1, false);

        assertThat(events.awaitGone().end().status()).isEqualTo(ExitStatus.ofCode(9));
    }

    @Test
    void remembersASignalThatComesBeforeTheSpawn() {
        RecordedEvents events = new RecordedEvents();
        start(ProcessSpec.of("sleep", "60"), events).kill();

        assertThat(events.awaitGone().end().status()).isEqualTo(ExitStatus.ofSignal(9, false));
    }

    @Test
    @DisplayName("P5 a kill reaches the members of the group")
    void killReachesTheGroup() {
        RecordedEvents events = new RecordedEvents();
        ChildProcess child = start(shell("sleep 60 & echo $!; wait"), events);
        events.awaitThat("a pid", each -> each.out().size() == 1);
        ProcessHandle member = ProcessHandle.of(Long.parseLong(events.out().get(0))).orElseThrow();

        child.kill();

        events.awaitGone();
        eventually().until(() -> !member.isAlive());
    }

    // ---- output

    @Test
    @DisplayName("P11 lines of both streams come with their origin, the last one also without a newline")
    void linesOfBothStreams() {
        RecordedEvents events = run(shell("echo one; echo; echo two >&2; printf three")).awaitGone();

        events.awaitOut("three");
        assertThat(events.out()).containsExactly("one", "", "three");
        assertThat(events.err()).containsExactly("two");
    }

    @Test
    void bytesPassUnchanged() {
        RecordedEvents events = run(shell("printf 'a\\000\\377\\376b\\r\\n'"));

        events.awaitThat("a line", each -> each.raw().size() == 1);
        assertThat(events.raw().get(0)).containsExactly('a', 0, 0xff, 0xfe, 'b', '\r');
    }

    @Test
    @DisplayName("P11 a line without end comes in pieces of 16 KiB")
    void endlessLine() {
        RecordedEvents events = run(shell("head -c 1048576 /dev/zero | tr '\\000' x; echo; echo next"));

        events.awaitOut("next");
        assertThat(events.raw()).hasSize(65);
        assertThat(events.raw().subList(0, 64)).allSatisfy(piece -> assertThat(piece).hasSize(16 * 1024));
    }

    @Test
    void messagesAreToldAndNotPrinted() {
        String script = "printf '{\"type\":\"hea'; sleep 0.1; printf 'rtbeat\"}\\n'; echo '{\"kind\":1}'; echo '{\"type\":1} no'; echo '{\"type\":\"err\"}' >&2; echo plain";
        RecordedEvents events = run(shell(script)).awaitOut("plain").awaitGone();

        assertThat(events.messages()).containsExactly(new ChildMessage.Beat());
        assertThat(events.out()).containsExactly("{\"kind\":1}", "{\"type\":1} no", "plain");
        assertThat(events.err()).containsExactly("{\"type\":\"err\"}");
    }

    @Test
    @DisplayName("P11 inherited output is the supervisor's own, byte for byte and without last words")
    void inheritedOutput() throws IOException {
        Process jvm = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                Inheriting.class.getName(), processes.description()).start();

        assertThat(new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("to stdout")
                .doesNotContain("to stderr")
                .contains("last words: []");
        assertThat(new String(jvm.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("to stderr")
                .doesNotContain("to stdout");
    }

    /** A program, because Maven's own output is spoilt by whoever writes to it. */
    static final class Inheriting {
        private Inheriting() {}

        public static void main(String[] args) {
            try (Processes processes = args[0].equals("ProcessBuilder")
                    ? new PortableProcesses()
                    : PosixProcesses.open()) {
                RecordedEvents events = new RecordedEvents();
                processes.start(new Launch(new ChildPath("shop/api"), 1,
                        shell("printf 'to stdout '; echo to stderr >&2; exit 3").with(OutputRule.INHERITED),
                        events), events);
                System.out.println("last words: " + events.awaitGone().end().lastWords());
            }
        }
    }

    // ---- robustness

    @Test
    void everyOneOfTwoHundredIsReportedExactlyOnce() {
        List<RecordedEvents> many = IntStream.range(0, 200)
                .mapToObj(i -> run(shell("echo $$; exit " + i % 100)))
                .toList();

        for (int i = 0; i < many.size(); i++) {
            assertThat(many.get(i).awaitGone().end().status()).isEqualTo(ExitStatus.ofCode(i % 100));
            many.get(i).awaitOut(Long.toString(many.get(i).pid()));
        }
    }

    @Test
    void aReceiverAndASinkThatThrowDisturbNobody() {
        OutputSink bad = (stderr, buffer, offset, length) -> {
            throw new IllegalStateException("a sink that throws, on purpose");
        };
        RecordedEvents seen = new RecordedEvents();
        ProcessEvents throwing = new ProcessEvents() {
            @Override
            public void started(long pid) {
                seen.started(pid);
                throw new IllegalStateException("a receiver that throws, on purpose");
            }

            @Override
            public void refused(StartRefusal why) {
                seen.refused(why);
            }

            @Override
            public void leaderEnded(ExitStatus status, List<String> lastWords, boolean membersLeft) {
                seen.leaderEnded(status, lastWords, membersLeft);
                throw new IllegalStateException("a receiver that throws, on purpose");
            }

            @Override
            public void gone() {
                seen.gone();
            }

            @Override
            public void beat() {}

            @Override
            public void message(ChildMessage message) {}
        };
        processes.start(new Launch(new ChildPath("test/bad"), 1, shell("echo a; echo b; exit 5"), bad),
                throwing);

        assertThat(seen.awaitGone().end().status()).isEqualTo(ExitStatus.ofCode(5));
        run(shell("echo fine")).awaitOut("fine").awaitGone();
    }

    @Test
    void leavesNoDescriptorOpen() {
        run(shell("echo warm")).awaitGone();
        long before = openPipes();
        for (int round = 0; round < 10; round++) {
            List<RecordedEvents> some = IntStream.range(0, 50)
                    .mapToObj(i -> run(
                            i % 10 == 9 ? ProcessSpec.of("/no/such/program") : ProcessSpec.of("true")))
                    .toList();
            some.forEach(each -> each.awaitThat("an end",
                    events -> events.order().contains("gone") || events.order().contains("refused")));
        }

        eventually().until(() -> openPipes() <= before);
    }

    @Test
    void leavesNoZombie() {
        List<RecordedEvents> some = IntStream.range(0, 20)
                .mapToObj(i -> run(ProcessSpec.of("true")))
                .toList();

        some.forEach(RecordedEvents::awaitGone);
        assertThat(some.stream()
                .map(each -> stat(each.pid()))
                .filter(stat -> stat.startsWith("Z"))
                .collect(joining())).isEmpty();
    }

    @Test
    void refusesStartsAfterItWasClosed() {
        processes.close();

        assertThat(run(ProcessSpec.of("true")).awaitTold("refused").refusal().errno()).isEqualTo("ECANCELED");
    }
}
