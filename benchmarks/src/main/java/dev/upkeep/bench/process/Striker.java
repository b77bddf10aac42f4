package dev.upkeep.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Kills by a program that takes the time just before: from here it would be that of a JVM that looks things up. */
final class Striker implements AutoCloseable {
    private final Process process;
    private final Writer orders;
    private final BufferedReader answers;

    Striker(Path program) throws IOException {
        this.process = new ProcessBuilder(program.toString()).redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        this.orders = process.outputWriter(StandardCharsets.US_ASCII);
        this.answers = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    }

    /** Sends SIGKILL to them all; returns when, on CLOCK_MONOTONIC. */
    long kill(List<Stamp> victims) throws IOException {
        orders.write(
                victims.stream().map(victim -> Long.toString(victim.pid())).collect(Collectors.joining(" "))
                        + "\n");
        orders.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("strike has ended");
        }
        String[] words = answer.split(" ", 2);
        if (Integer.parseInt(words[1]) != victims.size()) {
            throw new IOException(
                    "of " + victims.size() + " children " + words[1] + " were there to be killed");
        }
        return Long.parseLong(words[0]);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
