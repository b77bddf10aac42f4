package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.ResourceLimit;
import dev.upkeep.api.RunAs;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ExitStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Whom real processes run as, and what becomes of those that cannot. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class RunAsTest {
    /** A number nobody's processes have, so that no limit of a user's counts them. */
    private static final String STRANGER = "1977043";
    private static final int OWNER = 65534;

    @TempDir
    Path directory;

    private final Processes processes = PosixProcesses.open();
    private final List<ChildProcess> children = new ArrayList<>();

    @BeforeEach
    void openTheDirectory() throws IOException {
        allow(directory, "rwxr-xr-x");
    }

    @AfterEach
    void leaveNothing() {
        children.forEach(ChildProcess::kill);
        processes.close();
    }

    private RecordedEvents run(ProcessSpec spec) {
        RecordedEvents events = new RecordedEvents();
        children.add(processes.start(new Launch(new ChildPath("test/child"), 1, spec, events), events));
        return events;
    }

    private RecordedEvents run(RunAs runAs, String script) {
        return run(ProcessSpec.of("sh", "-c", script).with(runAs));
    }

    private StartRefusal refused(ProcessSpec spec) {
        RecordedEvents events = run(spec).awaitThat("an answer", each -> !each.order().isEmpty());
        assertThat(events.order()).containsExactly("refused");
        return events.refusal();
    }

    private static void allow(Path file, String permissions) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private Path file(String name, String text, String permissions) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text);
        allow(file, permissions);
        return file;
    }

    private static void needsRoot() throws Refused {
        assumeTrue(Rights.ofThisThread().has(Rights.CAP_SETUID) && Rights.ofThisThread().uid() == 0,
                "only root may start a process as another user");
    }

    // ---- what it runs with

    @Test
    @DisplayName("P2 umask, nice, oomScoreAdjust and limits are in force in the program")
    void allOfIt() {
        RunAs all = RunningAs.allAtOnce();
        List<String> out = run(all,
                "umask; cat /proc/self/oom_score_adj; cut -d' ' -f19 /proc/self/stat; ulimit -n; ulimit -Hn; ulimit -c")
                .awaitGone()
                .awaitThat("six lines", each -> each.out().size() == 6)
                .out();

        assertThat(out).containsExactly("0027", "1000", Integer.toString(all.nice().getAsInt()), "100", "200",
                "0");
    }

    @Test
    @DisplayName("P2 the user's number, group and all its groups are the process's, and HOME, USER and LOGNAME tell of it")
    void user() throws Exception {
        needsRoot();
        Path groups = Path.of("/etc/group");
        Account daemon = Account.of(RunningAs.user("daemon"), Rights.ofThisThread(), Path.of("/etc/passwd"),
                groups).orElseThrow();
        String home = daemon.login().orElseThrow().home();

        List<String> out = run(RunningAs.user("daemon"),
                "grep -E '^(Uid|Gid|Groups|CapEff):' /proc/self/status; echo $HOME $USER $LOGNAME; cat /proc/self/loginuid >/dev/null; echo end")
                .awaitOut("end")
                .out();

        String uid = "\t" + daemon.uid();
        String gid = "\t" + daemon.gid();
        assertThat(out.get(0)).isEqualTo("Uid:" + uid.repeat(4));
        assertThat(out.get(1)).isEqualTo("Gid:" + gid.repeat(4));
        assertThat(List.of(out.get(2).substring("Groups:".length()).strip().split(" ")))
                .containsExactlyInAnyOrderElementsOf(
                        daemon.groups().stream().map(Object::toString).toList());
        assertThat(out.get(3)).endsWith("0000000000000000");
        assertThat(out.get(4)).isEqualTo(home + " daemon daemon");
    }

    @Test
    @DisplayName("P2 a variable that was written beats that of the user's entry")
    void writtenVariablesBeat() throws Exception {
        needsRoot();
        ProcessSpec spec = ProcessSpec.of("sh", "-c", "echo $HOME $USER")
                .withEnvironment(Map.of("HOME", "/elsewhere"), true)
                .with(RunningAs.user("daemon"));

        run(spec).awaitOut("/elsewhere daemon");
    }

    /** What an environment file of the user's own says would otherwise be said to root: a library to load, a file to write. */
    @Test
    @DisplayName("P2 a variable that bends programs bends the child, and none of the tools that still run as root")
    void rootIsNotBent() throws Exception {
        needsRoot();
        allow(directory, "rwxrwxrwx");
        Path traces = directory.resolve("trace");
        ProcessSpec spec = ProcessSpec.of("sh", "-c", "echo $LD_DEBUG_OUTPUT $ENV $PLAIN; exec sleep 0")
                .withEnvironment(Map.of("LD_DEBUG", "files", "LD_DEBUG_OUTPUT", traces.toString(), "ENV",
                        "/a b", "PLAIN", "plain"), true)
                .with(new RunAs(Optional.of("daemon"), Optional.empty(), OptionalInt.of(027),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        Map.of(ResourceLimit.CORE, ResourceLimit.Bound.of(0))));

        run(spec).awaitOut(traces + " /a b plain").awaitGone();

        try (Stream<Path> written = Files.list(directory)) {
            assertThat(written.map(RunAsTest::owner)).isNotEmpty().doesNotContain("root");
        }
    }

    private static String owner(Path file) {
        try {
            return Files.getOwner(file).getName();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @DisplayName("P2 another user, too, may open its output anew, as a program that logs to /dev/stdout does")
    void outputOpenedAnew() throws Exception {
        needsRoot();

        RecordedEvents events = run(RunningAs.user("daemon"),
                "echo hello >/dev/stdout; echo oops >/dev/stderr; echo end").awaitOut("end");

        assertThat(events.out()).containsExactly("hello", "end");
    }

    @Test
    @DisplayName("P2 a user without an entry runs by its numbers, with no other group")
    void numbers() throws Exception {
        needsRoot();
        List<String> out = run(RunningAs.account(STRANGER, STRANGER),
                "grep -E '^(Uid|Gid|Groups):' /proc/self/status; echo $HOME; echo end")
                .awaitOut("end")
                .out();

        assertThat(out.get(0)).isEqualTo("Uid:" + ("\t" + STRANGER).repeat(4));
        assertThat(out.get(1)).isEqualTo("Gid:" + ("\t" + STRANGER).repeat(4));
        assertThat(out.get(2).strip()).isIn("Groups:", "Groups:\t" + STRANGER);
        assertThat(out.get(3)).isEqualTo(String.valueOf(System.getenv("HOME")));
    }

    @Test
    @DisplayName("P2 a group alone changes nothing else")
    void groupAlone() throws Exception {
        needsRoot();
        List<String> out = run(RunningAs.group(STRANGER),
                "grep -E '^(Uid|Gid):' /proc/self/status; echo end").awaitOut("end").out();

        assertThat(out.get(0)).isEqualTo("Uid:" + "\t0".repeat(4));
        assertThat(out.get(1)).isEqualTo("Gid:" + ("\t" + STRANGER).repeat(4));
    }

    @Test
    @DisplayName("P2 a lower nice is root's to give, also to a user who could not take it")
    void lowerNice() throws Exception {
        needsRoot();
        assumeTrue(Rights.ofThisThread().has(Rights.CAP_SYS_NICE), "this root may not lower a nice value");
        RunAs runAs = new RunAs(Optional.of(STRANGER), Optional.of(STRANGER), OptionalInt.empty(),
                OptionalInt.of(-5), OptionalInt.empty(), Map.of());

        run(runAs, "cut -d' ' -f19 /proc/self/stat").awaitOut("-5");
    }

    @Test
    @DisplayName("P2 limits above the supervisor's own and a negative score are root's to give, or refused for want of the right")
    void moreThanOneself() throws Exception {
        needsRoot();
        RunAs runAs = new RunAs(Optional.of(STRANGER), Optional.of(STRANGER), OptionalInt.empty(),
                OptionalInt.empty(), OptionalInt.of(-100),
                Map.of(ResourceLimit.PENDING_SIGNALS, ResourceLimit.Bound.of(7_000_000)));
        if (!Rights.ofThisThread().has(Rights.CAP_SYS_RESOURCE)) {
            assertThat(refused(ProcessSpec.of("true").with(runAs)).reason())
                    .endsWith("this one runs as root without that capability");
            return;
        }

        List<String> out = run(runAs,
                "cat /proc/self/oom_score_adj; grep 'pending signals' /proc/self/limits | tr -s ' '; echo end")
                .awaitOut("end")
                .out();

        assertThat(out.get(0)).isEqualTo("-100");
        assertThat(out.get(1)).startsWith("Max pending signals 7000000 7000000");
    }

    @Test
    @DisplayName("P1 behind a chain, too, it leads a session of its own, with no signal blocked or ignored and no descriptor but 0, 1 and 2")
    void cleanBehindAChain() throws IOException {
        try (var open = Files.newInputStream(file("open", "text", "rw-r--r--"))) {
            RecordedEvents events = run(RunningAs.allAtOnce(),
                    "cat /proc/self/stat; grep -E 'SigBlk|SigIgn' /proc/self/status; ls -m /proc/self/fd; echo end")
                    .awaitOut("end");

            String line = events.out().get(0);
            String[] stat = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
            assertThat(stat[2]).isEqualTo(Long.toString(events.pid()));
            assertThat(stat[3]).isEqualTo(Long.toString(events.pid()));
            assertThat(events.out().subList(1, 3))
                    .allSatisfy(each -> assertThat(each).endsWith("0000000000000000"));
            // 3 is the directory that ls reads.
            assertThat(events.out().get(3)).isEqualTo("0, 1, 2, 3");
            assertThat(open.available()).isEqualTo(4);
        }
    }

    @Test
    @DisplayName("P2 behind a chain, too, arguments pass unchanged, and no shell reads them")
    void arguments() {
        ProcessSpec spec = ProcessSpec
                .of("printf", "%s|", "", "-n", "--", "$HOME `id`; 'x' \"", "a\nb", "günaydın")
                .with(RunningAs.allAtOnce());

        RecordedEvents events = run(spec).awaitGone();

        events.awaitThat("all of it",
                each -> String.join("\n", each.out()).equals("|-n|--|$HOME `id`; 'x' \"|a\nb|günaydın|"));
    }

    @Test
    @DisplayName("P2 behind a chain, too, it starts in its working directory with its variables, and a relative program is found there")
    void workingDirectory() throws IOException {
        file("local", "#!/bin/sh\npwd; echo $GREETING\n", "rwxr-xr-x");
        ProcessSpec spec = ProcessSpec.of("./local")
                .withWorkingDirectory(directory)
                .withEnvironment(Map.of("GREETING", "good day"), false)
                .with(RunningAs.allAtOnce());

        assertThat(run(spec).awaitOut("good day").out()).contains(directory.toRealPath().toString());
    }

    @Test
    @DisplayName("P6 behind a chain, too, an exit is reported as the program's, codes of the tools among them")
    void exits() {
        for (int code : List.of(0, 1, 125, 126, 127)) {
            assertThat(run(RunningAs.allAtOnce(), "exit " + code).awaitGone().end().status())
                    .isEqualTo(ExitStatus.ofCode(code));
        }
    }

    @Test
    @DisplayName("P2 once it is told to be started, the program runs and none of the tools")
    void startedMeansTheProgram() throws IOException {
        for (int i = 0; i < 20; i++) {
            RecordedEvents events = run(ProcessSpec.of("sleep", "60").with(RunningAs.allAtOnce()))
                    .awaitTold("started");

            assertThat(Files.readString(Path.of("/proc/" + events.pid() + "/comm"))).isEqualTo("sleep\n");
        }
    }

    // ---- what cannot be

    @Test
    @DisplayName("P3 a user or group that does not exist is refused by its name")
    void nobodyKnows() throws Exception {
        assertThat(refused(ProcessSpec.of("true").with(RunningAs.user("no-such-user"))))
                .isEqualTo(new StartRefusal("getpwnam", "ENOENT",
                        "there is no user 'no-such-user' on this host", false));
        assertThat(refused(ProcessSpec.of("true").with(RunningAs.account(STRANGER, "no-such-group"))))
                .isEqualTo(new StartRefusal("getgrnam", "ENOENT",
                        "there is no group 'no-such-group' on this host", false));
        assertThat(refused(ProcessSpec.of("true").with(RunningAs.user(STRANGER))).reason())
                .isEqualTo("the user " + STRANGER
                        + " has no entry on this host, so its group must be given, too");
    }

    @Test
    @DisplayName("P3 behind a chain, too, every failure to exec is refused with the cause it has without one")
    void sameCauses() throws IOException {
        Path plain = file("plain", "#!/bin/sh\n", "rw-r--r--");
        Path text = file("text", "echo hello\n", "rwxr-xr-x");
        Path empty = file("empty", "", "rwxr-xr-x");
        Path script = file("script", "#!/no/such/interpreter -x\n", "rwxr-xr-x");
        Path nested = file("nested", "#! " + text + "\n", "rwxr-xr-x");
        Path unrunnable = file("unrunnable", "#!" + plain + "\n", "rwxr-xr-x");
        Path missing = directory.resolve("missing");
        List<ProcessSpec> all = new ArrayList<>();
        for (Path each : List.of(plain, text, empty, script, nested, unrunnable, missing, directory,
                plain.resolve("below"))) {
            all.add(ProcessSpec.of(each.toString()));
        }
        all.add(ProcessSpec.of("no-such-program"));
        all.add(ProcessSpec.of("true").withWorkingDirectory(missing));
        all.add(ProcessSpec.of("true").withWorkingDirectory(plain));
        all.add(ProcessSpec.of("true", "x".repeat(200_000)));

        for (ProcessSpec each : all) {
            StartRefusal without = refused(each);
            StartRefusal with = refused(each.with(RunningAs.allAtOnce()));

            // The kernel says ENOTDIR of a file below a file, which cannot be told from none.
            assertThat(with.reason()).isEqualTo(without.reason());
            assertThat(with.call()).isEqualTo(without.call());
            assertThat(with.errno()).isEqualTo(without.errno().equals("ENOTDIR")
                    && without.call().equals("execve") ? "ENOENT" : without.errno());
        }
    }

    @Test
    @DisplayName("P3 what the user may not execute or enter is refused, although root might")
    void asTheUserSeesIt() throws Exception {
        needsRoot();
        RunAs stranger = RunningAs.account(STRANGER, STRANGER);
        Path others = file("others", "#!/bin/sh\n", "rwx------");
        Path closed = Files.createDirectory(directory.resolve("closed"));
        Path behind = Files.writeString(closed.resolve("behind"), "#!/bin/sh\n");
        allow(behind, "rwxr-xr-x");
        allow(closed, "rwx------");
        Path link = Files.createSymbolicLink(directory.resolve("link"), behind);

        assertThat(refused(ProcessSpec.of(others.toString()).with(stranger))).isEqualTo(new StartRefusal(
                "execve", "EACCES", "'" + others + "' is not executable by user " + STRANGER, false));
        assertThat(refused(ProcessSpec.of(behind.toString()).with(stranger)).errno()).isEqualTo("EACCES");
        assertThat(refused(ProcessSpec.of(link.toString()).with(stranger)).errno()).isEqualTo("EACCES");
        assertThat(refused(ProcessSpec.of("true").withWorkingDirectory(closed).with(stranger)))
                .isEqualTo(new StartRefusal("chdir", "EACCES",
                        "the working directory '" + closed + "' may not be entered by user " + STRANGER,
                        false));
        // By its group, or as its owner, it may.
        Files.setAttribute(others, "unix:gid", OWNER);
        allow(others, "rwxr-x---");
        run(ProcessSpec.of(others.toString())
                .with(RunningAs.account(STRANGER, Integer.toString(OWNER)))).awaitGone();
    }

    @Test
    @DisplayName("P3 what only the last exec can tell is a refusal all the same, and the program is never called running")
    void whatSlipsThrough() throws IOException {
        byte[] program = Files.readAllBytes(Path.of("/bin/true"));
        String bytes = new String(program, StandardCharsets.ISO_8859_1);
        int loader = bytes.indexOf("/ld-linux");
        assumeTrue(loader > 0, "/bin/true needs no loader here");
        program[loader + 1] = 'X';
        Path broken = Files.write(directory.resolve("broken"), program);
        allow(broken, "rwxr-xr-x");
        StartRefusal expected = new StartRefusal("execve", "ENOENT",
                "the loader (ld.so) that '" + broken + "' asks for does not exist", false);

        assertThat(refused(ProcessSpec.of(broken.toString()))).isEqualTo(expected);
        for (RunAs each : List.of(RunningAs.umask(022), RunningAs.nice(19),
                RunningAs.limit(ResourceLimit.CORE, ResourceLimit.Bound.of(0)))) {
            assertThat(refused(ProcessSpec.of(broken.toString()).with(each))).isEqualTo(expected);
        }
    }

    @Test
    @DisplayName("P3 a user who may have no more processes is the host's shortage")
    void noMoreProcesses() throws Exception {
        needsRoot();
        ProcessSpec sleep = ProcessSpec.of("sleep", "60").with(RunningAs.account(STRANGER, STRANGER));
        run(sleep).awaitTold("started");
        run(sleep).awaitTold("started");
        RunAs one = new RunAs(Optional.of(STRANGER), Optional.of(STRANGER), OptionalInt.empty(),
                OptionalInt.empty(), OptionalInt.empty(),
                Map.of(ResourceLimit.PROCESSES, ResourceLimit.Bound.of(1)));

        StartRefusal why = refused(ProcessSpec.of("true").with(one));

        assertThat(why.errno()).isEqualTo("EAGAIN");
        assertThat(why.hostShortage()).isTrue();
    }

    @Test
    @DisplayName("P2 more open files than this kernel gives anybody are refused")
    void impossibleLimit() throws IOException {
        long most = Long.parseLong(new String(new ProcessBuilder("cat", "/proc/sys/fs/nr_open").start()
                .getInputStream()
                .readAllBytes(), StandardCharsets.US_ASCII).strip());
        StartRefusal why = refused(ProcessSpec.of("true")
                .with(RunningAs.limit(ResourceLimit.OPEN_FILES, ResourceLimit.Bound.of(most + 1))));

        assertThat(why.call()).isEqualTo("prlimit");
        assertThat(why.errno()).isEqualTo("EPERM");
        assertThat(why.reason()).contains("openFiles of " + (most + 1));
    }
}
