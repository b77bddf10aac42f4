package dev.upkeep.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** What /proc tells about all processes. */
final class ProcessTable {
    private ProcessTable() {}

    /**
     * Returns the numbers of the process groups that have a live member: one that is not merely waiting to be reaped by
     * its parent. Nothing if /proc cannot be read. Takes some 15 µs for each process there is.
     */
    static Optional<Set<Long>> liveGroups() {
        Set<Long> groups = new HashSet<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : all) {
                addGroup(process, groups);
            }
        } catch (IOException | DirectoryIteratorException e) {
            return Optional.empty();
        }
        // This very process is alive. Where not even it is seen, the list says nothing.
        return groups.isEmpty() ? Optional.empty() : Optional.of(groups);
    }

    private static void addGroup(Path process, Set<Long> groups) {
        try {
            String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
            // The second field is the program's name in parentheses and may contain anything.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 19);
            boolean ended = fields[0].equals("Z") || fields[0].equals("X");
            // A process whose first thread ended while others run is shown as Z, too: field 20 counts its threads.
            if (!ended || Integer.parseInt(fields[17]) > 1) {
                groups.add(Long.parseLong(fields[2]));
            }
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            // It ended while it was read.
        }
    }
}
