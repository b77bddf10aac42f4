package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.OutputRule;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.child.ChildPath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The contract over ProcessBuilder; the scripts of the contract need a POSIX shell. */
@DisabledOnOs(OS.WINDOWS)
class PortableProcessesTest extends ProcessesContract {
    @Override
    Processes open() {
        return new PortableProcesses();
    }

    @Test
    @DisplayName("P1 P11 output into a file or to a logger, which it cannot do, is refused by name")
    void refusesOutputItCannotDo() {
        for (OutputRule rule : List.of(OutputRule.File.byDefault(), new OutputRule.Logger("log"))) {
            StartRefusal why = run(ProcessSpec.of("true").with(rule)).awaitTold("refused").refusal();
            assertThat(why.errno()).isEqualTo("EOPNOTSUPP");
            assertThat(why.reason()).contains("files").contains("logger");
            assertThat(why.hostShortage()).isFalse();
        }
    }

    @Test
    @DisplayName("P10 what a service manager said to the supervisor is not handed on to its children")
    void notInherited() throws Exception {
        ProcessBuilder jvm = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                HandedOn.class.getName()).redirectError(ProcessBuilder.Redirect.INHERIT);
        List.of("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "KEPT")
                .forEach(name -> jvm.environment().put(name, "x"));

        assertThat(jvm.start().inputReader(StandardCharsets.UTF_8).lines())
                .containsExactly("[none none none x]");
    }

    /** A program, as no JVM can change its own environment. */
    static final class HandedOn {
        private HandedOn() {}

        public static void main(String[] args) {
            try (Processes processes = new PortableProcesses()) {
                RecordedEvents events = new RecordedEvents();
                ProcessSpec spec = ProcessSpec.of("sh", "-c",
                        "echo ${NOTIFY_SOCKET-none} ${WATCHDOG_USEC-none} ${WATCHDOG_PID-none} $KEPT");
                processes.start(new Launch(new ChildPath("shop/api"), 1, spec, events), events);
                System.out
                        .println(events.awaitGone().awaitThat("a line", each -> !each.out().isEmpty()).out());
            }
        }
    }
}
