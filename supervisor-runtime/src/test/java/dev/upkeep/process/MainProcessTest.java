package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.ReadyBy;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.Signal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A child that names another process of its session as its main one (P9), with real ones: perl, which every Debian has. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class MainProcessTest {
    private static final String PERL = "use Socket; use POSIX; $| = 1; socket(S, AF_UNIX, SOCK_DGRAM, 0);"
            + " sub say { send(S, $_[0], 0, pack_sockaddr_un($ENV{NOTIFY_SOCKET})) }"
            + " sub until_usr1 { my $go = 0; local $SIG{USR1} = sub { $go = 1 };"
            + " print \"$$\\n\"; until ($go) { select(undef, undef, undef, 0.02) } } ";

    private final PosixProcesses processes = PosixProcesses.open();
    private final List<ChildProcess> started = new ArrayList<>();

    @AfterEach
    void close() {
        started.forEach(ChildProcess::kill);
        processes.close();
    }

    private RecordedEvents run(String program) {
        RecordedEvents events = new RecordedEvents();
        ProcessSpec spec = ProcessSpec.of("perl", "-e", PERL + program).with(ReadyBy.NOTIFY);
        started.add(processes.start(
                new Launch(new ChildPath("shop/api"), 1, spec, events, true), events));
        return events;
    }

    private static long line(RecordedEvents events, int number) {
        return Long.parseLong(
                events.awaitThat("a line", each -> each.out().size() > number).out().get(number));
    }

    private static void go(long pid) {
        Kernel.kill(pid, Signal.SIGUSR1.number());
    }

    @Test
    @DisplayName("P9 the end of the leader is not the end of one whose main process is another; the end of that one is")
    void leaderLeaves() {
        // It is gone as soon as it has spoken: its word may be read after its end is seen.
        RecordedEvents events = run("my $pid = fork; unless ($pid) { until_usr1(); exit 9 }"
                + " say(\"MAINPID=$pid\\nREADY=1\"); exit 3");
        long main = line(events, 0);
        events.awaitWord("ready");
        Host.eventually().until(() -> Host.stat(events.pid()).isEmpty());
        assertThat(events.order()).containsExactly("started");

        go(main);

        events.awaitGone();
        // A child of PID 1, or of this JVM if it were a subreaper: told by the kernel since 6.15, and not known before.
        assertThat(events.end().status()).isIn(ExitStatus.ofCode(9), ExitStatus.UNKNOWN);
        assertThat(events.end().membersLeft()).isFalse();
    }

    @Test
    @DisplayName("P9 P5 if the main process ends and the leader stays, that is the end, and the leader is a member that is left")
    void leaderStays() {
        RecordedEvents events = run("my $pid = fork; unless ($pid) { until_usr1(); exit 5 }"
                + " say(\"MAINPID=$pid\\nREADY=1\"); waitpid($pid, 0); print \"reaped\\n\"; sleep 60");
        long main = line(events, 0);
        events.awaitWord("ready");
        // What a stop command is told of.
        assertThat(started.getLast().mainPid()).hasValue(main);
        assertThat(started.getLast().pid()).hasValue(events.pid());

        go(main);

        events.awaitTold("leaderEnded");
        assertThat(events.end().status()).isIn(ExitStatus.ofCode(5), ExitStatus.UNKNOWN);
        assertThat(events.end().membersLeft()).isTrue();
        started.removeLast().signal(Signal.SIGTERM, true);
        events.awaitGone();
        assertThat(Host.stat(events.pid())).isEmpty();
    }

    @Test
    @DisplayName("P9 a signal to the leader alone goes to the main process")
    void signal() {
        RecordedEvents events = run(
                "my $pid = fork; unless ($pid) { $SIG{TERM} = sub { print \"asked\\n\"; exit 0 };"
                        + " print \"there\\n\"; say(\"MAINPID=$$\\nREADY=1\"); sleep 1 while 1 }"
                        + " $SIG{TERM} = 'IGNORE'; waitpid($pid, 0); sleep 60");
        events.awaitWord("ready");

        started.getLast().signal(Signal.SIGTERM, false);

        events.awaitOut("asked").awaitTold("leaderEnded");
        started.removeLast().kill();
        events.awaitGone();
    }

    @Test
    @DisplayName("P9 one that is of another session, or is nobody, is passed over: the leader's end is the end")
    void strangers() {
        RecordedEvents events = run("say(\"MAINPID=1\"); say(\"MAINPID=2147483647\"); say(\"MAINPID="
                + ProcessHandle
                        .current()
                        .pid()
                + "\");"
                + " my $pid = fork; unless ($pid) { POSIX::setsid(); sleep 5; exit 0 }"
                + " select(undef, undef, undef, 0.3); say(\"MAINPID=$pid\\nREADY=1\"); until_usr1(); kill 9, $pid; exit 4");
        events.awaitWord("ready");

        go(line(events, 0));

        events.awaitGone();
        assertThat(events.end().status()).isEqualTo(ExitStatus.ofCode(4));
    }

    @Test
    @DisplayName("P9 the leader can become the main process again, and naming it anew changes nothing")
    void backAgain() {
        RecordedEvents events = run("my $pid = fork; unless ($pid) { until_usr1(); exit 0 }"
                + " for (1..200) { say(\"MAINPID=$pid\"); say(\"MAINPID=$$\") } say(\"READY=1\");"
                + " waitpid($pid, 0); print \"reaped\\n\"; until_usr1(); exit 6");
        long main = line(events, 0);
        events.awaitWord("ready");
        go(main);
        events.awaitOut("reaped");
        assertThat(events.order()).containsExactly("started");

        go(line(events, 2));

        events.awaitGone();
        assertThat(events.end().status()).isEqualTo(ExitStatus.ofCode(6));
    }

    @Test
    void nothingIsLeftOpenOfAMainProcess() {
        leaderLeaves();
        long before = Host.openPipes();
        leaderLeaves();
        leaderStays();

        Host.eventually().until(() -> Host.openPipes() == before);
    }
}
