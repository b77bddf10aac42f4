package dev.upkeep.config;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.config.YamlNode.Mapping;
import dev.upkeep.config.YamlNode.Scalar;
import dev.upkeep.config.YamlNode.Sequence;
import dev.upkeep.plugin.Catalog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * One reading of one file: where problems go, and how single values are read.
 *
 * @param directory of the file
 * @param children how many there may be yet
 * @param waits how many waits for siblings there may be yet
 * @param host what it allows
 * @param logFiles who writes where
 */
record Reading(Problems problems, Substitution substitution, Catalog catalog, Path directory,
        ClassLoader components,
        ComponentFactory factory, Quota children, Quota waits, Supplier<Host> host,
        EnvironmentFiles environmentFiles, LogFiles logFiles) {
    /** Counts what replicas multiply in the whole tree, so that it ends somewhere. */
    static final class Quota {
        private final int most;
        private int count;

        Quota(int most) {
            this.most = most;
        }

        int most() {
            return most;
        }

        void clear() {
            count = 0;
        }

        /** Returns whether there is room for so many more. */
        boolean add(int more) {
            count += more;
            return count <= most;
        }
    }

    /**
     * Reads one more child after all has been read, on whatever thread.
     *
     * @throws IllegalArgumentException with what is wrong
     */
    ChildSpec later(Supplier<Optional<ChildSpec>> child) {
        synchronized (problems) {
            problems.clear();
            children.clear();
            waits.clear();
            Optional<ChildSpec> spec = child.get();
            if (spec.isEmpty() || !problems.isEmpty()) {
                throw new IllegalArgumentException(problems.inOrder()
                        .stream()
                        .map(p -> (p.file().equals(problems.file()) ? "" : p.file() + ":") + p.line() + ":"
                                + p.column() + " " + p.path() + ": " + p.message())
                        .collect(Collectors.joining("; ")));
            }
            return spec.get();
        }
    }

    /** Returns a single value as text, with everything substituted. */
    Optional<String> text(YamlNode node, String path, Scope scope) {
        if (!(node instanceof Scalar scalar) || scalar.isNull()) {
            problems.add(node.at(), path, "expected a single value, but here is " + node.noun());
            return Optional.empty();
        }
        return substitution.apply(scalar, path, scope);
    }

    /** Returns a single value of a type, within bounds. */
    <T> Optional<T> leaf(
            YamlNode node,
            Class<T> type,
            boolean forever,
            Bounds bounds,
            String path,
            Scope scope) {
        Optional<String> text = text(node, path, scope);
        if (text.isEmpty() || !(node instanceof Scalar scalar)) {
            return Optional.empty();
        }
        Optional<Object> value = Leaves.read(text.get(), type, forever);
        if (value.isEmpty()) {
            problems.add(node.at(), path, Leaves.refusal(scalar.shown(), scalar.guess(text.get()), type));
            return Optional.empty();
        }
        Optional<String> outside = bounds.refusal(value.get());
        outside.ifPresent(why -> problems.add(node.at(), path, scalar.shown() + " " + why));
        if (outside.isPresent()) {
            return Optional.empty();
        }
        @SuppressWarnings("unchecked")
        T typed = (T) value.get();
        return Optional.of(typed);
    }

    Optional<Mapping> mapping(YamlNode node, String path, String expected) {
        if (node instanceof Mapping mapping) {
            return Optional.of(mapping);
        }
        problems.add(node.at(), path, "expected " + expected + ", but here is " + node.noun());
        return Optional.empty();
    }

    List<YamlNode> list(YamlNode node, String path, String expected) {
        if (node instanceof Sequence sequence) {
            return sequence.items();
        }
        problems.add(node.at(), path, "expected a list of " + expected + ", but here is " + node.noun());
        return List.of();
    }

    List<String> texts(YamlNode node, String path, String expected, Scope scope) {
        List<String> texts = new ArrayList<>();
        List<YamlNode> items = list(node, path, expected);
        for (int i = 0; i < items.size(); i++) {
            text(items.get(i), path + "[" + i + "]", scope).ifPresent(texts::add);
        }
        return texts;
    }
}
