package dev.upkeep.process;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.ReadyBy;
import dev.upkeep.api.RunAs;
import dev.upkeep.api.child.ChildPath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What processes say by sd_notify, from real ones: perl, which every Debian has, and systemd-notify where it is there. */
@EnabledOnOs(OS.LINUX)
class NotifySocketTest {
    private static final String SAY = "use Socket; socket(S, AF_UNIX, SOCK_DGRAM, 0);"
            + " defined send(S, $_, 0, pack_sockaddr_un($ENV{NOTIFY_SOCKET})) or die \"$!\" for @ARGV;"
            // Who is gone before it is heard is nobody.
            + " print \"said\\n\"; close STDOUT; sleep 60;";

    private final PosixProcesses processes = PosixProcesses.open();

    private final List<ChildProcess> started = new ArrayList<>();

    @AfterEach
    void close() {
        started.forEach(ChildProcess::kill);
        processes.close();
    }

    private RecordedEvents run(String script) {
        return run(ProcessSpec.of("sh", "-c", script).with(ReadyBy.NOTIFY), Optional.empty());
    }

    private RecordedEvents run(ProcessSpec spec, Optional<Duration> silence) {
        RecordedEvents events = new RecordedEvents();
        started.add(processes.start(new Launch(new ChildPath("shop/api"), 1, spec, events, true, silence,
                Routes.NONE),
                events));
        return events;
    }

    /** Runs one that says these, each in a datagram of its own, as printf reads them. */
    private RecordedEvents say(String... datagrams) {
        return run(saying(datagrams));
    }

    private static String saying(String... datagrams) {
        return "exec perl -e '" + SAY + "' "
                + Stream.of(datagrams).map(each -> "\"$(printf '" + each + "')\"").collect(joining(" "));
    }

    @Test
    @DisplayName("P9 WATCHDOG=1 is a beat of the child that says it, or in whose session somebody says it; the rest is none")
    void watchdog() {
        RecordedEvents own = run("exec perl -e '" + SAY
                + "' READY=1 WATCHDOG=1 'STATUS=WATCHDOG=1' \"$(printf 'STATUS=well\\nWATCHDOG=1')\" WATCHDOG=10 ''");
        RecordedEvents members = run("perl -e '" + SAY + "' WATCHDOG=1 & wait");

        members.awaitOut("said").awaitThat("a beat", each -> each.beats() == 1);
        own.awaitOut("said").awaitThat("two beats", each -> each.beats() == 2);
        // In order, on one socket: what is heard after all that would show a beat too many.
        RecordedEvents later = run("exec perl -e '" + SAY + "' WATCHDOG=1");
        later.awaitThat("a beat", each -> each.beats() == 1);
        assertThat(own.beats()).isEqualTo(2);
    }

    @Test
    @DisplayName("P9 it says that it is ready, what it does, that it needs more time and that it stops, in any number of datagrams")
    void words() {
        RecordedEvents events = say("STATUS=loading\\nEXTEND_TIMEOUT_USEC=2500000", "RELOADING=1",
                "READY=1\\nSTATUS=serving 3 clients\\nX_OWN=4", "STATUS=bye\\nSTOPPING=1");

        events.awaitOut("said").awaitWord("not ready");

        assertThat(events.words()).containsExactly("extended PT2.5S", "said loading",
                "said serving 3 clients", "ready", "said bye", "not ready");
    }

    @Test
    @DisplayName("P9 of one that need not say that it is ready that word is passed over, and the others are heard")
    void notAsked() {
        RecordedEvents events = run(
                ProcessSpec.of("sh", "-c", saying("READY=1\\nSTATUS=here", "STOPPING=1", "STATUS=there")),
                Optional.empty());

        events.awaitWord("said there");

        assertThat(events.words()).containsExactly("said here", "said there");
    }

    @Test
    @DisplayName("P9 WATCHDOG=trigger is told once")
    void trigger() {
        RecordedEvents events = say("WATCHDOG=trigger", "WATCHDOG=trigger", "STATUS=over");

        events.awaitWord("said over");

        assertThat(events.words()).containsExactly("beat failed", "said over");
        assertThat(events.beats()).isZero();
    }

    @Test
    @DisplayName("P9 what cannot be understood is passed over, and what stands beside it is heard")
    void malformed() {
        String longest = "x".repeat(5000);
        RecordedEvents events = say("no assignment", "=1", "READY=yes", "READY=", "EXTEND_TIMEOUT_USEC=-1",
                "EXTEND_TIMEOUT_USEC=soon", "WATCHDOG=2", "MAINPID=0", "\\377\\376", "STATUS=" + longest,
                "", "\\n\\n", "rubbish\\nSTATUS=understood");

        events.awaitWord("said understood");

        assertThat(events.words()).containsExactly("said understood");
        assertThat(events.beats()).isZero();
    }

    @Test
    @DisplayName("P9 a status is one line of at most 256 characters that does nothing to a terminal")
    void status() {
        RecordedEvents events = say("STATUS=a\\tb\\033[31mred\\r\\342\\200\\256back",
                "STATUS=" + "y".repeat(400), "STATUS=");

        events.awaitWord("said ");

        assertThat(events.words()).containsExactly("said a?b?[31mred??back", "said " + "y".repeat(255) + "…",
                "said ");
    }

    @Test
    @DisplayName("P9 of a flood the last word wins, few are told, and others are heard meanwhile")
    void flood() {
        RecordedEvents flooding = run(ProcessSpec.of("perl", "-e",
                "use Socket; socket(S, AF_UNIX, SOCK_DGRAM, 0); connect(S, pack_sockaddr_un($ENV{NOTIFY_SOCKET}));"
                        + "my $end = time + 4; my $n = 0; while (time < $end) { for (1..100) {"
                        + " send(S, \"STATUS=\" . ++$n . \"\\nREADY=1\", 0); } }"
                        + " send(S, \"STATUS=over\", 0); print \"$n\\n\"; close STDOUT; sleep 60;")
                .with(ReadyBy.NOTIFY), Optional.empty()).awaitWord("ready");
        for (int i = 0; i < 10; i++) {
            say("READY=1").awaitWord("ready");
        }

        flooding.awaitWord("said over");

        long sent = Long.parseLong(flooding.out().get(0));
        long told = flooding.words().stream().filter(word -> word.startsWith("said ")).count();
        assertThat(sent).isGreaterThan(1_000);
        // Ten at once and five a second, of a flood of four seconds that a busy machine may make twenty.
        assertThat(told).isBetween(2L, 120L);
    }

    @Test
    @DisplayName("P9 what a stranger says is passed over, whatever it knows of the socket")
    void stranger() throws Exception {
        RecordedEvents events = run("echo $NOTIFY_SOCKET; exec sleep 60");
        String path = events.awaitThat("the socket", each -> each.out().size() == 1).out().get(0);
        ProcessBuilder stranger = new ProcessBuilder("perl", "-e", SAY, "WATCHDOG=1");
        stranger.environment().put("NOTIFY_SOCKET", path);

        Process perl = stranger.start();
        try {
            assertThat(perl.inputReader().readLine()).isEqualTo("said");
            // In order: what comes after the stranger's word shows that this has been read.
            RecordedEvents after = run("exec perl -e '" + SAY + "' WATCHDOG=1");
            after.awaitThat("a beat", each -> each.beats() == 1);
        } finally {
            perl.destroyForcibly();
        }

        assertThat(events.beats()).isZero();
    }

    @Test
    @DisplayName("P9 systemd-notify, which waits until it was heard, is heard and need not wait")
    void systemdNotify() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-notify")), "systemd is installed");

        RecordedEvents events = run("systemd-notify WATCHDOG=1; echo $?; exec sleep 60");

        events.awaitOut("0").awaitThat("a beat", each -> each.beats() == 1);

        RecordedEvents ready = run("systemd-notify --ready --status='all is well'; echo $?; exec sleep 60");

        ready.awaitOut("0").awaitWord("ready");
        assertThat(ready.words()).containsExactly("said all is well", "ready");
    }

    @Test
    @DisplayName("P9 how often it shall speak is told as WATCHDOG_USEC, unless its own environment says another")
    void howOften() {
        ProcessSpec spec = ProcessSpec.of("sh", "-c",
                "echo \"${WATCHDOG_USEC-none} ${WATCHDOG_PID-none}\"; exec sleep 60");

        run(spec, Optional.of(Duration.ofMillis(2500))).awaitOut("2500000 none");
        run(spec, Optional.of(Duration.ofNanos(1))).awaitOut("1 none");
        run(spec, Optional.of(Duration.ofSeconds(Long.MAX_VALUE))).awaitOut(Long.MAX_VALUE + " none");
        run(spec, Optional.empty()).awaitOut("none none");
        run(spec.withEnvironment(Map.of("WATCHDOG_USEC", "7", "WATCHDOG_PID", "1"), true),
                Optional.of(Duration.ofSeconds(1))).awaitOut("7 1");
    }

    @Test
    @DisplayName("P9 a child of another user can speak, too")
    void otherUser() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can run as others");
        ProcessSpec spec = ProcessSpec.of("sh", "-c", "echo $NOTIFY_SOCKET; " + saying("READY=1"))
                .with(new RunAs(Optional.of("nobody"), Optional.empty(), OptionalInt.empty(),
                        OptionalInt.empty(), OptionalInt.empty(), Map.of()))
                .with(ReadyBy.NOTIFY);

        RecordedEvents events = run(spec, Optional.empty()).awaitWord("ready");

        Path socket = Path.of(events.out().get(0));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw--w--w-");
    }

    @Test
    void whatAKilledSupervisorLeftIsRemovedAndWhatIsInUseIsNot() throws Exception {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        FileTime old = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
        Path left = Files.createTempDirectory(temporary, "upkeep-notify-");
        int socket = Kernel.datagramSocket(left.resolve("socket").toString());
        Path fresh = Files.createTempDirectory(temporary, "upkeep-notify-");
        try {
            Files.setLastModifiedTime(left, old);
            NotifySocket.open(new ExitWatcher(new Endings(new OutputReader()))).close();
            assertThat(left.resolve("socket")).exists();

            Kernel.close(socket);
            NotifySocket.open(new ExitWatcher(new Endings(new OutputReader()))).close();

            assertThat(left).doesNotExist();
            assertThat(fresh).exists();
        } finally {
            Files.deleteIfExists(left.resolve("socket"));
            Files.deleteIfExists(left);
            Files.deleteIfExists(fresh);
        }
    }

    @Test
    void theSocketIsOutOfReachOfOthersAndGoesWithTheSupervisor() throws Exception {
        RecordedEvents events = run("echo $NOTIFY_SOCKET; exec sleep 60");
        Path socket = Path.of(events.awaitThat("the socket", each -> each.out().size() == 1).out().get(0));
        Path directory = socket.getParent();
        assertThat(directory).isNotNull();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
        close();

        assertThat(directory).doesNotExist();
    }

    @Test
    @DisplayName("P10 what a service manager said to the supervisor is not handed on to its children")
    void notInherited() {
        Map<String, byte[]> own = new HashMap<>();
        List.of("NOTIFY_SOCKET", "HOME", "WATCHDOG_USEC", "WATCHDOG_PID")
                .forEach(name -> own.put(name, new byte[0]));
        assertThat(Environment.withoutOurs(own)).containsOnlyKeys("HOME");
        ProcessSpec plain = ProcessSpec.of("true");

        assertThat(Environment.of(plain, Map.of(), new NotifyDoor(Path.of("/run/x"), Optional.empty()))
                .entries())
                .extracting(entry -> new String(entry, StandardCharsets.UTF_8))
                .containsExactly("NOTIFY_SOCKET=/run/x");
        assertThat(Environment.of(plain, Map.of(), null).entries()).isEmpty();
    }
}
