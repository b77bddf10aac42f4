package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.OutputRule;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.ReadyBy;
import dev.upkeep.api.ResourceLimit;
import dev.upkeep.api.RunAs;
import dev.upkeep.api.child.ChildPath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract over ProcessBuilder; the scripts of the contract need a POSIX shell. */
@DisabledOnOs(OS.WINDOWS)
class PortableProcessesTest extends ProcessesContract {
    @Override
    Processes open() {
        return new PortableProcesses();
    }

    @Test
    @DisplayName("P1 what it cannot do is refused by its name, all of it at once")
    void refusesWhatItCannotDo() {
        ProcessSpec all = ProcessSpec.of("true")
                .with(new RunAs(Optional.of("web"), Optional.of("www"), OptionalInt.of(0), OptionalInt.of(0),
                        OptionalInt.of(0), Map.of(ResourceLimit.CORE, ResourceLimit.Bound.of(0))))
                .with(ReadyBy.NOTIFY)
                .with(OutputRule.File.byDefault())
                .withCgroup(true);

        assertThat(run(all).awaitTold("refused").refusal()).isEqualTo(new StartRefusal("start", "EOPNOTSUPP",
                "user, group, umask, nice, oomScoreAdjust, limits, cgroup, ready, output into files: needs Linux and native access",
                false));
    }

    static List<ProcessSpec> eachAlone() {
        ProcessSpec plain = ProcessSpec.of("true");
        return List.of(plain.with(RunningAs.user("root")), plain.with(RunningAs.group("root")),
                plain.with(RunningAs.umask(022)), plain.with(RunningAs.nice(0)),
                plain.with(RunningAs.oomScoreAdjust(0)),
                plain.with(RunningAs.limit(ResourceLimit.CPU, ResourceLimit.Bound.of(1))),
                plain.withCgroup(true), plain.with(new ReadyBy.Descriptor(3)), plain.with(ReadyBy.NOTIFY),
                plain.with(OutputRule.File.byDefault()), plain.with(new OutputRule.Logger("log")));
    }

    @ParameterizedTest
    @MethodSource("eachAlone")
    @DisplayName("P1 P9 P11 a user, limits and the like, a cgroup, a ready rule or output elsewhere is never left out in silence")
    void refusesEach(ProcessSpec spec) {
        StartRefusal why = run(spec).awaitTold("refused").refusal();

        assertThat(why.errno()).isEqualTo("EOPNOTSUPP");
        assertThat(why.hostShortage()).isFalse();
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
