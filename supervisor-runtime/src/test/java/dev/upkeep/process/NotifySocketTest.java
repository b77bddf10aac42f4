package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.child.ChildPath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        RecordedEvents events = new RecordedEvents();
        started.add(processes.start(
                new Launch(new ChildPath("shop/api"), 1, ProcessSpec.of("sh", "-c", script), events, true),
                events));
        return events;
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

        assertThat(Environment.of(plain, Map.of(), Path.of("/run/x")).entries())
                .extracting(entry -> new String(entry, StandardCharsets.UTF_8))
                .containsExactly("NOTIFY_SOCKET=/run/x");
        assertThat(Environment.of(plain, Map.of(), null).entries()).isEmpty();
    }
}
