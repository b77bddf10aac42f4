package dev.upkeep.api.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Finds the directory in which a supervisor keeps what survives it, and its control socket (O0). */
public final class StateDirectory {
    /** The socket's name inside the directory. */
    public static final String SOCKET = "control.sock";

    private static final Path SYSTEM = Path.of("/var/lib/upkeep");

    private StateDirectory() {}

    /**
     * Returns the directory: the option, else {@code UPKEEP_STATE}, else {@code /var/lib/upkeep/<name>} for root and
     * {@code $XDG_STATE_HOME/upkeep/<name>} for anybody else, by default below {@code ~/.local/state}. An empty
     * variable counts as unset, and so does an {@code XDG_STATE_HOME} that is not absolute, as its specification wants.
     *
     * @param option what {@code --state} said
     * @param environment the variables; {@code HOME} if set wins over the account's home
     * @param name the root's name, asked for only where the directory depends on it
     * @return an absolute path; nothing has been created
     */
    public static Path resolve(
            Optional<Path> option,
            Map<String, String> environment,
            boolean root,
            Supplier<String> name) {
        return option.or(() -> variable(environment, "UPKEEP_STATE").map(Path::of))
                .orElseGet(() -> home(environment, root).resolve(name.get()))
                .toAbsolutePath()
                .normalize();
    }

    /**
     * Returns the name of a tree whose file gives it none: that of the file's directory, with a dash for what an id
     * cannot have; {@code upkeep} if nothing is left of it.
     */
    public static String nameFor(Path file) {
        Path directory = file.toAbsolutePath().normalize().getParent();
        Path last = directory == null ? null : directory.getFileName();
        String id = (last == null ? "" : last.toString()).replaceAll("[^A-Za-z0-9._@+-]", "-")
                .replaceFirst("^[^A-Za-z0-9]+", "");
        return id.isEmpty() ? "upkeep" : id.substring(0, Math.min(id.length(), 100));
    }

    /** Returns whether this program runs as root, whose state is the system's. */
    public static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException e) {
            return "root".equals(System.getProperty("user.name"));
        }
    }

    /** Returns the control socket in a state directory. */
    public static Path socketIn(Path directory) {
        return directory.resolve(SOCKET);
    }

    private static Path home(Map<String, String> environment, boolean root) {
        if (root) {
            return SYSTEM;
        }
        return variable(environment, "XDG_STATE_HOME").map(Path::of)
                .filter(Path::isAbsolute)
                .orElseGet(() -> Path
                        .of(variable(environment, "HOME").orElseGet(() -> System.getProperty("user.home")),
                                ".local",
                                "state"))
                .resolve("upkeep");
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }
}
