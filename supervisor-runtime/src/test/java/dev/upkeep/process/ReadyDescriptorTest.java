package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.ReadyBy;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ExitStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A newline on a descriptor, from real processes (P9). */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class ReadyDescriptorTest {
    private final PosixProcesses processes = PosixProcesses.open();
    private final List<ChildProcess> started = new ArrayList<>();

    @AfterEach
    void close() {
        started.forEach(ChildProcess::kill);
        processes.close();
    }

    private RecordedEvents run(int number, String... command) {
        RecordedEvents events = new RecordedEvents();
        ProcessSpec spec = ProcessSpec.of(command).with(new ReadyBy.Descriptor(number));
        started.add(processes.start(new Launch(new ChildPath("shop/api"), 1, spec, events), events));
        return events;
    }

    private RecordedEvents shell(String script) {
        return run(3, "sh", "-c", script);
    }

    @Test
    @DisplayName("P9 a newline on the descriptor makes it ready, once, whatever came before it")
    void newline() {
        RecordedEvents events = shell(
                "printf 'nearly' >&3; printf ' there' >&3; echo asked; read go; printf '\\n\\n' >&3; echo done; sleep 60")
                .awaitOut("asked");
        // Its stdin is /dev/null, so that read ends at once.
        events.awaitOut("done").awaitWord("ready");

        assertThat(events.words()).containsExactly("ready");
        assertThat(events.order()).containsExactly("started");
    }

    @Test
    @DisplayName("P9 every number from 3 to 255 will do, even one that a descriptor of the supervisor has")
    void everyNumber() {
        for (int number : List.of(3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 60, 90, 255)) {
            // By /proc, as sh knows no descriptor above 9.
            RecordedEvents events = run(number, "sh", "-c",
                    "ls /proc/$$/fd; echo > /proc/$$/fd/" + number
                            + "; echo heard >&2; sleep 60");
            events.awaitWord("ready").awaitThat("what it wrote", each -> each.err().contains("heard"));
            started.removeLast().kill();
            events.awaitGone();
            assertThat(events.out()).containsExactlyInAnyOrder("0", "1", "2", Integer.toString(number));
        }
    }

    @Test
    @DisplayName("P9 if it closes the descriptor without a newline it is never ready, and that is said")
    void closed() {
        RecordedEvents events = shell("printf almost >&3; exec 3>&-; sleep 60");

        events.awaitWord("said closed its ready descriptor 3 without a newline");

        assertThat(events.words()).hasSize(1);
        assertThat(events.order()).containsExactly("started");
    }

    @Test
    @DisplayName("P9 64 KiB without a newline are enough: it is never ready, and lives on")
    void endless() {
        RecordedEvents events = shell("head -c 100000 /dev/zero >&3; echo over; sleep 60");

        events.awaitWord("said wrote 64 KiB to its ready descriptor 3 without a newline").awaitOut("over");

        assertThat(events.words()).hasSize(1);
        assertThat(events.order()).containsExactly("started");
    }

    @Test
    @DisplayName("P9 one that ends before it was ready has ended, and nothing else is said")
    void ends() {
        RecordedEvents events = shell("exit 7").awaitGone();

        assertThat(events.end().status()).isEqualTo(ExitStatus.ofCode(7));
        assertThat(events.words()).isEmpty();
    }

    @Test
    @DisplayName("P9 the descriptor passes through the tools that change what a process is before its exec")
    void chain() {
        for (String tool : List.of("prlimit --nofile=64", "setpriv --no-new-privs", "nice -n 1", "env")) {
            assumeTrue(Files.isExecutable(Path.of("/usr/bin/" + tool.split(" ", 2)[0])),
                    tool + " is installed");
            shell("exec " + tool + " sh -c 'echo >&3; sleep 60'").awaitWord("ready");
        }
    }

    @Test
    @DisplayName("P9 ours is closed when it is ready, when it is gone though another holds the pipe, and with the supervisor")
    void nothingIsLeftOpen() {
        RecordedEvents warm = shell("echo >&3; exec sleep 60").awaitWord("ready");
        started.removeLast().kill();
        warm.awaitGone();
        long before = Host.openPipes();

        RecordedEvents ready = shell("echo >&3; exec sleep 60").awaitWord("ready");
        started.removeLast().kill();
        ready.awaitGone();
        Host.eventually().until(() -> Host.openPipes() == before);

        // Out of its session, so that it outlives the group; it holds no output.
        RecordedEvents held = shell("setsid sleep 20 >/dev/null 2>&1 </dev/null & exit 0").awaitGone();
        Host.eventually().until(() -> Host.openPipes() == before);
        assertThat(held.words()).isEmpty();
    }
}
