package dev.upkeep.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** {@code upkeep run} with everything that is on by default. Children's output goes where it goes by default, too. */
record UpkeepKeeper(String program) implements Keeper {
    private static final int STATUS_SECONDS = 60;

    @Override
    public String name() {
        return "upkeep";
    }

    @Override
    public List<List<String>> prepare(Path directory, int children, List<String> command, boolean logged)
            throws IOException {
        Path yaml = directory.resolve("upkeep.yaml");
        // A dollar is doubled for the configuration.
        String words = command.stream()
                .map(word -> '"' + word.replace("$", "$$") + '"')
                .collect(Collectors.joining(", ", "[", "]"));
        Files.writeString(yaml, """
                name: bench
                intensity: {max: 1000000, within: 60s}
                children:
                  child:
                    command: %s
                    replicas: %d
                    backoff: {type: immediate}
                %s""".formatted(words, children, logged ? "    output: file\n" : ""));
        return List.of(List.of(program, "run", yaml.toString(), "--state", state(directory)));
    }

    private static String state(Path directory) {
        return directory.resolve("state").toString();
    }

    @Override
    public void ask(Path directory) throws IOException, InterruptedException {
        Process status = new ProcessBuilder(program, "status", "--state", state(directory))
                .redirectOutput(directory.resolve("status").toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (!status.waitFor(STATUS_SECONDS, TimeUnit.SECONDS) || status.exitValue() != 0) {
            status.destroyForcibly();
            throw new IOException("upkeep status did not answer");
        }
    }

    @Override
    public boolean stopsOnTerm() {
        return true;
    }
}
