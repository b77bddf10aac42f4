package dev.upkeep.health;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A shell that says how far it is and goes on when told to. */
final class RealProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    RealProcess(String script) throws IOException {
        process = new ProcessBuilder("sh", "-c", script).redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        out = process.inputReader(StandardCharsets.US_ASCII);
    }

    long pid() {
        return process.pid();
    }

    /** Waits until it has said the word. */
    void await(String word) throws IOException {
        for (String line = out.readLine(); !word.equals(line); line = out.readLine()) {
            if (line == null) {
                throw new IOException("the shell ended before it said " + word);
            }
        }
    }

    /** Lets its {@code read} return. */
    void goOn() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
