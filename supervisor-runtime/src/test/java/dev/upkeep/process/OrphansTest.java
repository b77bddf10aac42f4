package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What falls to a supervisor that is PID 1 or a subreaper. Each test is a JVM of its own. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class OrphansTest {
    @TempDir
    Path directory;

    private Path numbers;

    @BeforeEach
    void makeTheList() throws IOException {
        numbers = Files.createFile(directory.resolve("numbers"));
    }

    @Test
    @DisplayName("P8 a subreaper reaps 1,000 orphans, and no status of the JVM's own children or the engine's is lost")
    void subreaper() throws IOException {
        assertThat(OwnJvm.run(Reaper.class, "reap", numbers.toString())).containsExactly(
                "own children {3=50}", "engine's children {7=50}", "orphans 1000, left []");
    }

    @Test
    @DisplayName("P8 PID 1 reaps 1,000 orphans, and no status of the JVM's own children or the engine's is lost")
    void first() throws IOException {
        assertThat(OwnJvm.runAsFirst(Reaper.class, "reap", numbers.toString())).containsExactly(
                "own children {3=50}", "engine's children {7=50}", "orphans 1000, left []");
    }

    @Test
    @DisplayName("P5 where numbers are used again at once, no signal reaches a stranger and no exit is taken for another's")
    void smallNumbers() throws IOException {
        String each = "numbers reused true, wrong exits 0, strangers true, wrong exits of theirs 0";
        assertThat(OwnJvm.runAsFirst(SmallNumbers.class)).containsExactly(
                each, "the number of a live group was given out false", "the other ended with code 8",
                each, "the number of a live group was given out false", "the other ended with code 8");
    }

    @Test
    @DisplayName("P8 a daemon that left its session and outlives its child is reported once, as the child's, and left alone")
    void stray() throws IOException {
        assertThat(OwnJvm.run(Reaper.class, "stray")).containsExactly(
                "pid DAEMON (sleep) left the group of pid CHILD and lives on without it; it is left alone",
                "alive true", "strays 1, of the quiet one 0");
    }
}
