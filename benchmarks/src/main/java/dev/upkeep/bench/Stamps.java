package dev.upkeep.bench;

import dev.upkeep.bench.ChildProgram.Stamp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The file to which every instance of the measured children adds a line. */
record Stamps(Path file) {
    List<Stamp> all() throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        String text = Files.readString(file);
        // A line that is still being written does not count.
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().map(Stamp::parse).toList();
    }

    /** Waits until there are that many. */
    List<Stamp> await(int count, Duration atMost) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        for (List<Stamp> seen = all();; seen = all()) {
            if (seen.size() >= count) {
                return seen;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IOException(
                        "after " + atMost.toSeconds() + " s there were " + seen.size() + " starts of "
                                + count);
            }
            Thread.sleep(2);
        }
    }
}
