package dev.upkeep.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.health.Health;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With real commands. Those that stay write their process ids to a file. */
@Timeout(60)
final class ExecTest {
    private final FakeContext context = new FakeContext();
    @TempDir
    private Path directory;

    private Exec check(String... command) {
        return new Exec(new ExecFactory.Settings(List.of(command), Optional.of(directory)), context);
    }

    private Exec sh(String script) {
        return check("sh", "-c", script);
    }

    private Health ask(String script) throws Exception {
        return Run.of(sh(script)).health();
    }

    /** Waits until so many processes have written their ids to the file {@code pids}, a line each. */
    private List<ProcessHandle> running(int count) {
        Path pids = directory.resolve("pids");
        Await.that(count + " processes run", () -> Files.exists(pids) && lines(pids).size() >= count);
        return lines(pids).stream()
                .flatMap(line -> ProcessHandle.of(Long.parseLong(line.strip())).stream())
                .toList();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A process that nobody asks for its end is dead all the same. */
    private static boolean isGone(ProcessHandle process) {
        if (!process.isAlive()) {
            return true;
        }
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/stat")).matches("(?s).*\\) [ZX] .*");
        } catch (IOException e) {
            return true;
        }
    }

    @AfterEach
    void leaveNothingBehind() {
        Path pids = directory.resolve("pids");
        if (Files.exists(pids)) {
            running(0).forEach(ProcessHandle::destroyForcibly);
        }
    }

    @ParameterizedTest
    @CsvSource({"0,HEALTHY,''", "1,DEGRADED,exit 1", "2,UNHEALTHY,exit 2", "127,UNHEALTHY,exit 127",
            "255,UNHEALTHY,exit 255"})
    void theExitCodeIsTheAnswer(int code, String health, String reason) throws Exception {
        assertThat(ask("exit " + code)).isEqualTo(switch (health) {
            case "HEALTHY" -> Health.healthy();
            case "DEGRADED" -> Health.degraded(reason);
            default -> Health.unhealthy(reason);
        });
    }

    @Test
    void aDeathByASignalIsUnhealthy() throws Exception {
        assertThat(ask("kill -9 $$")).isEqualTo(Health.unhealthy("exit 137"));
    }

    @Test
    void theFirstLineOfWhatItWritesIsTheReason() throws Exception {
        assertThat(ask("echo; echo '  queue is long\u001b[2J'; echo more; exit 1"))
                .isEqualTo(Health.degraded("exit 1: queue is long [2J"));
        assertThat(ask("printf 'to stderr' >&2; exit 3")).isEqualTo(Health.unhealthy("exit 3: to stderr"));
        assertThat(ask("printf '%0500d' 0; exit 3"))
                .isEqualTo(Health.unhealthy("exit 3: " + "0".repeat(120) + "…"));
        assertThat(ask("printf '\\377\\376\\000x\\n'; exit 3")).isInstanceOf(Health.Unhealthy.class);
    }

    @Test
    void noShellReadsTheArguments() throws Exception {
        assertThat(Run.of(check("sh", "-c", "printf '%s' \"$1\"; exit 1", "sh", "$HOME; *")).health())
                .isEqualTo(Health.degraded("exit 1: $HOME; *"));
    }

    @Test
    void theCommandIsToldOfItsInstanceAndHasAnEmptyStdin() throws Exception {
        String script = "cat; echo \"$UPKEEP_CHILD $UPKEEP_GENERATION ${UPKEEP_PID-none} $PWD\"; exit 1";
        String where = directory.toRealPath().toString();

        assertThat(ask(script)).isEqualTo(Health.degraded("exit 1: shop/api 1 none " + where));
        context.withPid(4711);
        assertThat(ask(script)).isEqualTo(Health.degraded("exit 1: shop/api 1 4711 " + where));
    }

    @Test
    void aGigabyteOfOutputNeitherBlocksNorFillsMemory() throws Exception {
        Runtime memory = Runtime.getRuntime();
        System.gc();
        long before = memory.totalMemory() - memory.freeMemory();

        assertThat(ask("echo begin; head -c 1000000000 /dev/zero; exit 2"))
                .isEqualTo(Health.unhealthy("exit 2: begin"));

        System.gc();
        assertThat(memory.totalMemory() - memory.freeMemory() - before).isLessThan(20_000_000);
    }

    @Test
    void h1ACommandThatCannotBeStartedIsAFaultOfTheCheck() throws Exception {
        Path notExecutable = Files.writeString(directory.resolve("plain"), "x");
        Files.setPosixFilePermissions(notExecutable, PosixFilePermissions.fromString("rw-------"));

        assertThat(Run.of(check("/no/such/program")).thrown()).isInstanceOf(IOException.class)
                .hasMessageContaining("/no/such/program");
        assertThat(Run.of(check(notExecutable.toString())).thrown()).isInstanceOf(IOException.class);
        assertThat(Run.of(new Exec(new ExecFactory.Settings(List.of("true"),
                Optional.of(Path.of("/no/such/directory"))), context)).thrown())
                .isInstanceOf(IOException.class);
    }

    /** Each starts so many processes that ignore all they can. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "1 | trap '' TERM INT HUP; echo $$ >> pids; while :; do sleep 60; done",
            "3 | trap '' TERM; for i in 1 2; do sh -c 'echo $$ >> pids; while :; do sleep 60; done' & done; "
                    + "echo $$ >> pids; wait",
            // In another session, below a parent that is gone.
            "2 | (setsid sh -c 'trap \"\" TERM; echo $$ >> pids; while :; do sleep 60; done' &) ; echo $$ >> pids; sleep 60",
            // Starts another as soon as its own is killed.
            "2 | echo $$ >> pids; while :; do sh -c 'echo $$ >> pids; exec sleep 60'; done",
            "1 | echo $$ >> pids; yes"})
    void h1TheWholeTreeOfProcessesDiesAtTheTimeout(int count, String script) throws Exception {
        Run run = Run.of(sh(script));
        List<ProcessHandle> before = running(count);

        run.interrupt();

        assertThat(run.thrown()).isInstanceOf(InterruptedException.class);
        assertThat(running(count)).as("all that have run, when the run has ended").allMatch(ExecTest::isGone);
        assertThat(before).isNotEmpty();
    }

    @Test
    void h1ATreeThatKeepsForkingDiesAtTheTimeout() throws Exception {
        // Each round leaves its parent, starts two others in new sessions, and so on, four deep and at once.
        Path script = Files.writeString(directory.resolve("fork.sh"), """
                trap '' TERM
                echo $$ >> pids
                [ $1 = 0 ] || for i in 1 2; do setsid sh fork.sh $(($1 - 1)) & done
                sleep 60
                """);
        Run run = Run.of(check("sh", script.toString(), "4"));
        running(7);

        run.interrupt();

        assertThat(running(7)).as("all that have run").allMatch(ExecTest::isGone);
    }

    @Test
    void whatHoldsTheOutputWhenTheCommandHasEndedDoesNotHideTheExit() throws Exception {
        assertThat(ask(
                "echo up; sh -c 'echo $$ >> pids; exec sleep 60' & while ! [ -s pids ]; do sleep 0.01; done"))
                .isEqualTo(Health.healthy());
    }

    @Test
    void whatFloodsTheOutputWhenTheCommandHasEndedDies() throws Exception {
        assertThat(ask("yes & echo $! >> pids; exit 1")).isInstanceOf(Health.Degraded.class);
        List<ProcessHandle> flood = running(1);
        // Killed, or by its next write: the JDK may have closed the output before anybody saw that it is still held.
        Await.that("the flood is gone", () -> flood.stream().allMatch(ExecTest::isGone));
    }

    @Test
    void whatEscapesWithTheOutputCostsNoMoreThanFourThreads() throws Exception {
        // In another session, below a parent that is gone, and without the mark.
        Exec check = sh("rm -f up; env -i setsid sh -c 'echo $$ >> pids; : > up; exec sleep 60' & "
                + "while ! [ -e up ]; do sleep 0.01; done");
        for (int run = 1; run <= 4; run++) {
            assertThat(Run.of(check).health()).isEqualTo(Health.healthy());
            assertThat(running(run)).noneMatch(ExecTest::isGone);
        }

        assertThat(Run.of(check).thrown()).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("still hold their output");
        assertThat(running(4)).as("no further one").hasSize(4);
        running(4).forEach(ProcessHandle::destroyForcibly);
        Await.that("the threads have ended", () -> Thread.getAllStackTraces()
                .keySet()
                .stream()
                .noneMatch(thread -> thread.getName().startsWith("probe-output")));
        assertThat(Run.of(check).health()).isEqualTo(Health.healthy());
    }

    @Test
    void whatIsLeftBehindWithoutTheOutputLivesOn() throws Exception {
        assertThat(ask("sh -c 'echo $$ >> pids; exec sleep 60' > /dev/null 2>&1 & "
                + "while ! [ -s pids ]; do sleep 0.01; done")).isEqualTo(Health.healthy());
        assertThat(running(1)).hasSize(1).noneMatch(ExecTest::isGone);
    }

    @Test
    void aRunKillsNoProcessOfAnotherRun() throws Exception {
        Run other = Run.of(sh("echo $$ >> pids; exec sleep 60"));
        List<ProcessHandle> others = running(1);
        Run run = Run.of(sh("echo $$ >> pids; exec sleep 60"));
        running(2);

        run.interrupt();

        assertThat(others).hasSize(1).noneMatch(ExecTest::isGone);
        other.interrupt();
    }

    @Test
    void noThreadStaysThatReads() throws Exception {
        ask("echo up");
        Run run = Run.of(sh("echo $$ >> pids; yes"));
        running(1);
        run.interrupt();

        Await.that("no thread reads", () -> Thread.getAllStackTraces()
                .keySet()
                .stream()
                .noneMatch(thread -> thread.getName().startsWith("probe-output")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void aCommandWithoutAProgramIsRefused(String program) {
        assertThatThrownBy(() -> ExecFactory.exec(program))
                .hasMessageStartingWith("command must name a program");
        assertThatThrownBy(() -> ExecFactory.exec()).hasMessage("command must name a program, but is []");
        assertThatThrownBy(() -> ExecFactory.exec("a", "b\0c"))
                .hasMessage("command must not hold a NUL character");
    }
}
