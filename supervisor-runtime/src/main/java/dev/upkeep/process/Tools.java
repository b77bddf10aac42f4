package dev.upkeep.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The host's standard tools, each looked up once; in fixed directories, never in a PATH that somebody else wrote. */
final class Tools {
    private static final List<Path> DIRECTORIES = List.of(Path.of("/usr/bin"), Path.of("/bin"),
            Path.of("/usr/sbin"), Path.of("/sbin"), Path.of("/run/current-system/sw/bin"));

    private final List<Path> directories;
    private final Map<String, String> found = new ConcurrentHashMap<>();

    Tools() {
        this(DIRECTORIES);
    }

    Tools(List<Path> directories) {
        this.directories = directories;
    }

    /** @param purpose what needs it, for a person */
    String find(String name, String purpose) throws Refused {
        String known = found.get(name);
        if (known != null) {
            return known;
        }
        for (Path directory : directories) {
            Path tool = directory.resolve(name);
            if (Files.isRegularFile(tool) && Files.isExecutable(tool)) {
                found.put(name, tool.toString());
                return tool.toString();
            }
        }
        throw new Refused("execve", Errno.ENOENT,
                "this host has no '" + name + "', which " + purpose + " needs; looked for in " + directories);
    }
}
