package dev.upkeep.bench.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Follows the file to which every instance of the measured children adds a line; what it has read it need not read again. */
final class Stamps {
    private static final int PAUSE_MILLIS = 5;

    private final Path file;
    private final List<Stamp> seen = new ArrayList<>();
    private long read;

    Stamps(Path file) {
        this.file = file;
    }

    Path file() {
        return file;
    }

    /** Waits until there are that many in all; returns those from one on. */
    List<Stamp> await(int count, int from, Duration atMost) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (seen.size() < count) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("after " + atMost.toSeconds() + " s there were " + seen.size()
                        + " starts of " + count);
            }
            Thread.sleep(PAUSE_MILLIS);
            look();
        }
        return List.copyOf(seen.subList(from, count));
    }

    /** Returns all that were read so far. */
    Set<Long> pids() {
        return seen.stream().map(Stamp::pid).collect(Collectors.toSet());
    }

    private void look() throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            in.seek(read);
            byte[] bytes = new byte[(int) (in.length() - read)];
            in.readFully(bytes);
            String text = new String(bytes, StandardCharsets.US_ASCII);
            // A line that is still being written does not count.
            int end = text.lastIndexOf('\n') + 1;
            text.substring(0, end).lines().map(Stamp::parse).forEach(seen::add);
            read += end;
        }
    }
}
