package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.Reply;
import dev.upkeep.api.RunAs;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.event.EventKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Commands that cannot be run, in a whole tree. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class FailedExecTest {
    private static final ChildPath SHOP = new ChildPath("shop");
    private static final ChildPath DB = new ChildPath("shop/db");

    @TempDir
    Path directory;

    private Path file(String name, String text, String permissions) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private Map<ProcessSpec, String> causes() throws IOException {
        Path missing = directory.resolve("missing");
        Path plain = file("plain", "#!/bin/sh\n", "rw-r--r--");
        Path script = file("script", "#!/no/such/interpreter\n", "rwxr-xr-x");
        Path text = file("text", "echo hello\n", "rwxr-xr-x");
        Map<ProcessSpec, String> causes = new LinkedHashMap<>();
        causes.put(ProcessSpec.of("no-such-program"),
                "ENOENT: there is no program 'no-such-program' in its PATH (execve)");
        causes.put(ProcessSpec.of(missing.toString()),
                "ENOENT: there is no program '" + missing + "' (execve)");
        causes.put(ProcessSpec.of(plain.toString()), "EACCES: '" + plain + "' is not executable (execve)");
        causes.put(ProcessSpec.of(directory.toString()),
                "EACCES: '" + directory + "' is a directory (execve)");
        causes.put(ProcessSpec.of(script.toString()),
                "ENOENT: the interpreter '/no/such/interpreter' of the script '" + script
                        + "' does not exist (execve)");
        causes.put(ProcessSpec.of(text.toString()), "ENOEXEC: '" + text
                + "' is neither a program for this machine nor a script that begins with #! (execve)");
        causes.put(ProcessSpec.of("true").withWorkingDirectory(missing),
                "ENOENT: the working directory '" + missing + "' does not exist (chdir)");
        return causes;
    }

    @Test
    @DisplayName("P3 P4 a command that cannot be run is told with its exact cause, behind a chain as well; nobody else notices, and nothing is left running")
    void exactCauses() throws Exception {
        try (Supervisor shop = Supervisor.named("shop")
                .child("db", c -> c.process("sleep", "600"))
                .start()) {
            long db = shop.status(DB).orElseThrow().pid().orElseThrow();
            List<Long> before = children();
            long started = shop.count(EventKind.STARTED);

            for (RunAs runAs : List.of(RunAs.theSupervisor(), RunningAs.allAtOnce())) {
                for (Map.Entry<ProcessSpec, String> each : causes().entrySet()) {
                    Reply reply = shop.add(SHOP, "bad", c -> c.process(each.getKey().with(runAs)))
                            .get(30, TimeUnit.SECONDS);

                    assertThat(reply.kind()).isEqualTo(Reply.Kind.START_FAILED);
                    assertThat(reply.text())
                            .isEqualTo("'bad' could not be started: start-failed(" + each.getValue() + ")");
                }
            }

            assertThat(shop.status(DB).orElseThrow().generation()).isEqualTo(1);
            assertThat(shop.status(DB).orElseThrow().pid()).hasValue(db);
            // Not even for a moment was one of them said to run.
            assertThat(shop.count(EventKind.STARTED)).isEqualTo(started);
            assertThat(shop.count(EventKind.HOST_SHORTAGE)).isZero();
            assertThat(before).containsAll(children());
        }
    }

    private static List<Long> children() {
        return ProcessHandle.current().children().map(ProcessHandle::pid).toList();
    }
}
