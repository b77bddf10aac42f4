package dev.upkeep.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the control groups of children are: in one directory of this supervisor's, below the group of version 2 that itself
 * is in. Made when the first child wants one; what an earlier supervisor left empty is removed then.
 */
final class ControlGroups {
    private static final Logger log = LoggerFactory.getLogger(ControlGroups.class);
    private static final String OURS = "upkeep-";
    private static final int LONGEST_NAME = 200;

    /** No group can be had, for a reason that a person can do something about. */
    static final class Unavailable extends Exception {
        private static final long serialVersionUID = 1;

        Unavailable(String message) {
            super(message);
        }
    }

    private static final AtomicLong ENGINES = new AtomicLong();

    private final Path mounts;
    private final Path memberships;
    // Guarded by this.
    private @Nullable Path directory;

    ControlGroups() {
        this(Path.of("/proc/self/mountinfo"), Path.of("/proc/self/cgroup"));
    }

    /** @param mounts and memberships as /proc has them; tests have others */
    ControlGroups(Path mounts, Path memberships) {
        this.mounts = mounts;
        this.memberships = memberships;
    }

    /** Makes a group with nobody in it. */
    ControlGroup make(String name) throws Unavailable {
        Path group = directory().resolve(fileName(name));
        try {
            return new ControlGroup(Files.createDirectory(group));
        } catch (IOException e) {
            throw new Unavailable("the control group " + group + " cannot be made: " + reason(e));
        }
    }

    private static String fileName(String name) {
        String plain = name.replace('/', '.').replaceAll("[^A-Za-z0-9._@+-]", "_");
        return plain.substring(Math.max(0, plain.length() - LONGEST_NAME));
    }

    private synchronized Path directory() throws Unavailable {
        if (directory == null) {
            Path own = own();
            ProcessTable.Process self = ProcessTable.self();
            if (self == null) {
                throw new Unavailable("/proc cannot be read");
            }
            removeLeftovers(own);
            Path ours = own
                    .resolve(OURS + self.pid() + "-" + self.startTime() + "-" + ENGINES.incrementAndGet());
            try {
                directory = Files.createDirectory(ours);
            } catch (FileAlreadyExistsException e) {
                directory = ours;
            } catch (IOException e) {
                throw new Unavailable("the supervisor's own control group cannot be divided: " + reason(e)
                        + "; it takes root, or a subtree that was delegated to its user (systemd: Delegate=yes)");
            }
        }
        return directory;
    }

    /** Returns the directory of the group that this process is in. */
    private Path own() throws Unavailable {
        String within = null;
        for (String line : lines(memberships)) {
            if (line.startsWith("0::")) {
                within = line.substring(3);
            }
        }
        if (within == null || within.startsWith("/..")) {
            throw new Unavailable(
                    "this process is in no control group of version 2 that it can see (" + memberships
                            + ")");
        }
        for (String line : lines(mounts)) {
            String[] fields = line.split(" ", -1);
            int type = List.of(fields).indexOf("-") + 1;
            if (fields[type].equals("cgroup2")) {
                Path root = Path.of(fields[3]);
                Path wanted = Path.of(within);
                if (wanted.startsWith(root)) {
                    return Path.of(unescaped(fields[4])).resolve(root.relativize(wanted));
                }
            }
        }
        throw new Unavailable(
                "no tree of control groups of version 2 is mounted here (cgroup2 on /sys/fs/cgroup)");
    }

    /** The kernel writes blanks in paths as octal numbers. */
    private static String unescaped(String path) {
        return path.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\");
    }

    private static List<String> lines(Path file) throws Unavailable {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new Unavailable(file + " cannot be read: " + reason(e));
        }
    }

    private static String reason(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        return failure.getClass()
                .getSimpleName()
                .replace("Exception", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT) + " (" + message + ")";
    }

    /** A supervisor that was killed could not tidy up. Groups with somebody in them cannot be removed, and are not. */
    private static void removeLeftovers(Path own) {
        for (Path ours : below(own)) {
            String name = ours.getFileName().toString();
            String[] parts = name.split("-", -1);
            if (name.startsWith(OURS) && parts.length == 4 && !lives(parts[1], parts[2])) {
                below(ours).forEach(ControlGroups::remove);
                remove(ours);
            }
        }
    }

    private static boolean lives(String pid, String startTime) {
        try {
            ProcessTable.Process process = ProcessTable.find(Long.parseLong(pid));
            return process != null && process.startTime() == Long.parseLong(startTime);
        } catch (NumberFormatException e) {
            return true;
        }
    }

    private static List<Path> below(Path group) {
        List<Path> groups = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(group, Files::isDirectory)) {
            all.forEach(groups::add);
        } catch (IOException | DirectoryIteratorException e) {
            log.atDebug().addKeyValue("group", group).setCause(e).log("a control group cannot be listed");
        }
        return groups;
    }

    private static void remove(Path group) {
        try {
            Files.deleteIfExists(group);
        } catch (IOException e) {
            log.atDebug().addKeyValue("group", group).setCause(e).log("a control group is still in use");
        }
    }

    /** Removes the directory, if no child's group is left in it. */
    synchronized void close() {
        if (directory != null) {
            remove(directory);
            directory = null;
        }
    }
}
