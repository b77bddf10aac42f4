package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A host without room for another process, and a whole tree on it. With {@code -Plong} the shortage lasts 30 s. */
@EnabledOnOs(OS.LINUX)
@Timeout(180)
class HostShortageTest {
    private static final int SECONDS = Integer.getInteger("upkeep.shortage.seconds", 4);
    /** The back-off of a shortage doubles, so this many tries fit, give or take one. */
    private static final int MOST_TRIES = 2 + Integer.SIZE - Integer.numberOfLeadingZeros(SECONDS);

    private static List<String> java() {
        return new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                // It warns of the threads that it may not start either.
                "-Xlog:disable", "-Xlog:all=warning:stderr",
                "-cp", System.getProperty("java.class.path"), ShortHost.class.getName()));
    }

    private static Map<String, String> told(List<String> command) throws IOException {
        Process jvm = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Map<String, String> told = new HashMap<>();
        new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().forEach(line -> {
            String[] parts = line.split(": ", 2);
            told.put(parts[0], parts[1]);
        });
        return told;
    }

    private static void holdsP3(Map<String, String> told) {
        assertThat(told).containsEntry("meanwhile", "backoff")
                .containsEntry("others", "[1, 1, 1]")
                .containsEntry("gave up", "0")
                .containsEntry("started anew", "1")
                .containsEntry("running", "3 of 3")
                .containsEntry("first", "false");
        assertThat(Integer.parseInt(told.getOrDefault("tries", "0"))).isBetween(2, MOST_TRIES);
    }

    @Test
    @DisplayName("P3 P4 while fork is refused its child waits with a back-off of its own, nobody else notices, no budget is spent, and it comes up as soon as there is room")
    void noMoreProcesses() throws Exception {
        assumeTrue(Rights.ofThisThread().uid() == 0 && Rights.ofThisThread().has(Rights.CAP_SETUID),
                "takes root: a user of its own, because the limit counts all processes of a user");
        List<String> command = new ArrayList<>(List.of("setpriv", "--reuid=1977044", "--regid=1977044",
                "--clear-groups",
                // The class path may be root's alone.
                "--inh-caps=+dac_read_search,+dac_override",
                "--ambient-caps=+dac_read_search,+dac_override"));
        command.addAll(java());
        command.addAll(List.of("processes", Integer.toString(SECONDS)));

        Map<String, String> told = told(command);

        assertThat(told).containsEntry("cause",
                "[the host has no room to start it: EAGAIN: the host cannot start '/usr/bin/sleep' now (posix_spawn)]");
        holdsP3(told);
    }

    @Test
    @DisplayName("P3 P4 without descriptors it is the same, and the kernel's call that failed is named")
    void noMoreDescriptors() throws IOException {
        List<String> command = new ArrayList<>(List.of("prlimit", "--nofile=512:512"));
        command.addAll(java());
        command.addAll(List.of("descriptors", Integer.toString(SECONDS)));

        Map<String, String> told = told(command);

        assertThat(told.getOrDefault("cause", "")).matches(
                "\\[the host has no room to start it: EMFILE: the host cannot start '\\S+sleep' now \\(pipe2\\)]");
        holdsP3(told);
    }
}
