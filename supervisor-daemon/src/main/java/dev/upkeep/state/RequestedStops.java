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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    /** Those of them that came into the tree without being started. Guarded by this. */
    private final Set<ChildPath> keptDown = new HashSet<>();

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
        keptDown.clear();
        return applyTo(tree, tree.root().withChildren(List.of()));
    }

    /**
     * Returns the same of a tree that takes the place of another: what was asked of the children that are there already they
     * know, and nothing of it is a difference between the two.
     *
     * @param before what the tree was applied as last
     */
    public synchronized TreeSpec applyTo(TreeSpec tree, TreeSpec before) {
        return applyTo(tree, before.root());
    }

    private TreeSpec applyTo(TreeSpec tree, SupervisorSpec before) {
        return new TreeSpec(tree.name(), applyTo(new ChildPath(tree.name()), tree.root(), before),
                tree.breakers(), tree.shutdownTimeout(), tree.maxConcurrentStarts(), tree.startRate());
    }

    private SupervisorSpec applyTo(ChildPath path, SupervisorSpec spec, SupervisorSpec before) {
        Map<String, ChildSpec> old = new HashMap<>();
        before.children().forEach(child -> old.put(child.id(), child));
        return spec.withChildren(spec.children()
                .stream()
                .map(child -> applyTo(path.child(child.id()), child,
                        Optional.ofNullable(old.get(child.id()))))
                .collect(Collectors.toList()));
    }

    private ChildSpec applyTo(ChildPath path, ChildSpec spec, Optional<ChildSpec> before) {
        ChildSpec child = spec;
        if (spec.work() instanceof SupervisorSpec below) {
            SupervisorSpec old = before.map(ChildSpec::work)
                    .filter(SupervisorSpec.class::isInstance)
                    .map(SupervisorSpec.class::cast)
                    .orElse(below.withChildren(List.of()));
            child = spec.withWork(applyTo(path, below, old));
        }
        if (before.isEmpty()) {
            keptDown.remove(path);
            if (paths.contains(path)) {
                keptDown.add(path);
            }
        }
        return keptDown.contains(path) ? child.withAutostart(false) : child;
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
