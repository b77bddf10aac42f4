package dev.upkeep.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control group of one instance: whatever comes from it stays in it, whichever session it makes itself. Its files are
 * the kernel's, and no access to them waits for anything.
 */
final class ControlGroup {
    private static final Logger log = LoggerFactory.getLogger(ControlGroup.class);

    /** Goes into the group before there is anything of the program: what it starts at once cannot be missed. */
    private static final String ENTER = "echo $$ >\"$0\" && exec \"$@\"";

    /** So many descriptors are needed for a signal to more than that. */
    private static final int AT_ONCE = 256;

    private final Path directory;

    ControlGroup(Path directory) {
        this.directory = directory;
    }

    private Path members() {
        return directory.resolve("cgroup.procs");
    }

    /** Returns the first link of an exec chain, which has the supervisor's rights still: it goes into the group. */
    List<String> entrance() {
        return List.of("/bin/sh", "-c", ENTER, members().toString());
    }

    /** Returns whether a live process is in it, or in a group below it. */
    boolean isPopulated() {
        try {
            return Files.readString(directory.resolve("cgroup.events"), StandardCharsets.ISO_8859_1)
                    .contains("populated 1");
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            // Not to be known now: better to wait than to start a second copy.
            return true;
        }
    }

    /** Sends SIGKILL to all in it and below it. */
    void kill() {
        Path kill = directory.resolve("cgroup.kill");
        try {
            Files.writeString(kill, "1", StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            // Before Linux 5.14.
            signal(9, Kernel.NO_PROCESS);
        } catch (IOException e) {
            log.atWarn()
                    .addKeyValue("group", directory)
                    .setCause(e)
                    .log("a control group could not be killed");
        }
    }

    /** Sends a signal to all in it but those in that process group. */
    void signal(int signal, long butProcessGroup) {
        List<Long> all = List.copyOf(numbers());
        for (int from = 0; from < all.size(); from += AT_ONCE) {
            signal(all.subList(from, Math.min(all.size(), from + AT_ONCE)), signal, butProcessGroup);
        }
    }

    private void signal(List<Long> some, int signal, long butProcessGroup) {
        Map<Long, Integer> pidfds = new HashMap<>();
        try {
            for (long member : some) {
                open(member).ifPresent(pidfd -> pidfds.put(member, pidfd));
            }
            // Looked up behind the descriptors, which stay with who they are: a number may be another's by now.
            Set<Long> still = numbers();
            pidfds.forEach((member, pidfd) -> {
                ProcessTable.Process process = still.contains(member) ? ProcessTable.find(member) : null;
                if (process != null && process.group() != butProcessGroup) {
                    Kernel.signal(pidfd, signal);
                }
            });
        } finally {
            pidfds.values().forEach(Kernel::close);
        }
    }

    private static Optional<Integer> open(long pid) {
        try {
            return Optional.of(Kernel.pidfd(pid));
        } catch (CallFailed e) {
            // It ended; or there is no descriptor now, and SIGKILL does without.
            return Optional.empty();
        }
    }

    private Set<Long> numbers() {
        Set<Long> numbers = new LinkedHashSet<>();
        read(members()).lines().forEach(line -> numbers.add(Long.valueOf(line)));
        return numbers;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    /** Removes it, with groups that were made below it. Nobody may be in it. */
    void remove() {
        removeWithAllBelow(directory);
    }

    private static void removeWithAllBelow(Path group) {
        try (var below = Files.newDirectoryStream(group, Files::isDirectory)) {
            below.forEach(ControlGroup::removeWithAllBelow);
            Files.deleteIfExists(group);
        } catch (NoSuchFileException e) {
            // Somebody tidied up.
        } catch (IOException e) {
            log.atWarn().addKeyValue("group", group).setCause(e).log("a control group could not be removed");
        }
    }
}
