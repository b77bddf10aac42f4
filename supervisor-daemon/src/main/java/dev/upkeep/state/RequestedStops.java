package dev.upkeep.state;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.ChildPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The children that someone asked to stop: they stay stopped when the supervisor itself is started anew (F7). One path a
 * line in the state directory, replaced as a whole and forced to the disk. Safe for any thread; blocks for the disk.
 */
public final class RequestedStops {
    private static final String FILE = "stopped";

    private final DurableFile file;
    // Guarded by this.
    private final Set<ChildPath> paths = new TreeSet<>();

    private RequestedStops(Path file) {
        this.file = new DurableFile(file);
    }

    /**
     * Reads what an earlier supervisor was asked. Lines that are no path are passed over.
     *
     * @throws IOException if the file is there and cannot be read
     */
    public static RequestedStops in(StateLock state) throws IOException {
        RequestedStops stops = new RequestedStops(state.directory().resolve(FILE));
        try {
            for (String line : Files.readString(stops.file.path(), StandardCharsets.UTF_8).lines().toList()) {
                if (!line.isEmpty() && List.of(line.split("/", -1)).stream().allMatch(ChildPath::isId)) {
                    stops.paths.add(new ChildPath(line));
                }
            }
        } catch (NoSuchFileException e) {
            return stops;
        }
        return stops;
    }

    /** Returns the tree in which those children are not started until someone asks for them. */
    public synchronized TreeSpec applyTo(TreeSpec tree) {
        return new TreeSpec(tree.name(), applyTo(new ChildPath(tree.name()), tree.root()), tree.breakers(),
                tree.shutdownTimeout(), tree.maxConcurrentStarts(), tree.startRate());
    }

    private SupervisorSpec applyTo(ChildPath path, SupervisorSpec spec) {
        return spec.withChildren(spec.children()
                .stream()
                .map(c -> applyTo(path.child(c.id()), c))
                .collect(Collectors.toList()));
    }

    private ChildSpec applyTo(ChildPath path, ChildSpec spec) {
        ChildSpec child = spec.work() instanceof SupervisorSpec below
                ? spec.withWork(applyTo(path, below))
                : spec;
        return paths.contains(path) ? child.withAutostart(false) : child;
    }

    /** Notes whether the child is to stay stopped, if that is news. */
    public synchronized void note(ChildPath path, boolean stopped) throws IOException {
        if (stopped ? paths.add(path) : paths.remove(path)) {
            write();
        }
    }

    private void write() throws IOException {
        file.write(paths.stream().map(p -> p.value() + "\n").collect(Collectors.joining()));
    }
}
