package dev.upkeep.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An unpacked tarball, and how a person calls it: with no variable set that could help it. */
record Installed(Path home, Path scratch) {
    private static final int LONGEST_SECONDS = 60;

    record Result(int status, String out, String err) {}

    static Installed in(Path directory) throws IOException, InterruptedException {
        Path tarball = Path.of(System.getProperty("upkeep.tarball", "upkeep.tar.gz is not said"));
        Path home = Files.createDirectory(directory.resolve("upkeep"));
        assertThat(new ProcessBuilder("tar", "xzf", tarball.toString(), "-C", home.toString(),
                "--strip-components=1").inheritIO().start().waitFor()).isZero();
        return new Installed(home, directory);
    }

    /** Runs a command to its end. */
    Result upkeep(String... args) throws IOException, InterruptedException {
        Path out = Files.createTempFile(scratch, "command", ".out");
        Path err = Files.createTempFile(scratch, "command", ".err");
        Process process = command(List.of(), args).redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("upkeep " + String.join(" ", args) + " did not end: "
                    + Files.readString(out) + Files.readString(err));
        }
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** Starts {@code upkeep run} and leaves it running. */
    Running run(Path file, Path state) throws IOException {
        return run(List.of(), file, state);
    }

    /** Starts it by way of a program that becomes the supervisor. */
    Running run(List<String> through, Path file, Path state) throws IOException {
        Path out = Files.createTempFile(scratch, "run", ".out");
        return new Running(command(through, "run", "--state", state.toString(), file.toString())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start(), out);
    }

    Path yaml(String text) throws IOException {
        return Files.writeString(Files.createTempDirectory(scratch, "project").resolve("upkeep.yaml"), text);
    }

    private ProcessBuilder command(List<String> through, String... args) {
        // A build that was itself started in the background ignores SIGINT, one under nohup SIGHUP, and its children would, too.
        List<String> words = new ArrayList<>(through);
        words.addAll(List.of("env", "--default-signal=INT,HUP",
                home.resolve("bin/upkeep").toString()));
        words.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(words).redirectInput(Path.of("/dev/null").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("UPKEEP_"));
        builder.environment()
                .keySet()
                .removeAll(List.of("JAVA_HOME", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        return builder;
    }
}
