package dev.upkeep.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** What /proc tells of processes and of this JVM. */
final class Host {
    private Host() {}

    static ConditionFactory eventually() {
        return Awaitility.await()
                .atMost(RecordedEvents.DEADLINE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2));
    }

    /** Returns the state letter and what follows it; empty if there is no such process. */
    static String stat(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            return stat.substring(stat.lastIndexOf(')') + 2).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** Returns how many pipes and pidfds this JVM has open. */
    static long openPipes() {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(Host::isPipeOrProcess).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isPipeOrProcess(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("pipe:") || target.contains("pidfd");
        } catch (IOException e) {
            return false;
        }
    }
}
