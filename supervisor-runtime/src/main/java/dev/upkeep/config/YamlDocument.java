package dev.upkeep.config;

import dev.upkeep.config.YamlNode.Entry;
import dev.upkeep.config.YamlNode.Mapping;
import dev.upkeep.config.YamlNode.Scalar;
import dev.upkeep.config.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/** Reads the text of a file to nodes with exact places, resolves aliases and {@code <<}, and bounds what they blow up to. */
final class YamlDocument {
    private static final int MOST_CHARACTERS = 4 * 1024 * 1024;
    private static final int MOST_NODES = 200_000;
    private static final Set<String> TAGS = Set.of("str", "int", "float", "bool", "null", "map", "seq",
            "merge");

    private final Problems problems;
    private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private int nodes;

    private YamlDocument(Problems problems) {
        this.problems = problems;
    }

    /** Returns the document, or nothing if it cannot be read at all; the problems are told either way. */
    static Optional<YamlNode> read(String text, Problems problems) {
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(MOST_CHARACTERS)
                .setAllowDuplicateKeys(true)
                .setAllowNonScalarKeys(true)
                .setMaxAliasesForCollections(Integer.MAX_VALUE)
                // Every scalar is text until it is known what is wanted; ${…} means what we say it means.
                .setSchema(new FailsafeSchema())
                .build();
        try {
            var parser = new ParserImpl(settings, new StreamReader(settings, text));
            Optional<Node> root = new Composer(settings, new BoundedParser(parser)).getSingleNode();
            if (root.isEmpty()) {
                problems.add(Position.START, "", "the file is empty; expected at least 'children:'");
                return Optional.empty();
            }
            return Optional.of(new YamlDocument(problems).convert(root.get()));
        } catch (BoundedParser.TooLargeException e) {
            problems.add(e.at(), "", e.getMessage() + "; that cannot be a configuration");
        } catch (TooManyNodesException e) {
            problems.add(Position.START, "",
                    "its aliases multiply to more than " + MOST_NODES + " values, or nest too deep");
        } catch (MarkedYamlEngineException e) {
            problems.add(e.getProblemMark().map(YamlDocument::position).orElse(Position.START), "",
                    "not YAML: " + e.getProblem() + (e.getContext() == null ? "" : ", " + e.getContext()));
        } catch (YamlEngineException e) {
            problems.add(Position.START, "", "not YAML: " + e.getMessage());
        } catch (RuntimeException e) {
            // The parser has bugs of its own; what it cannot read is the file's problem all the same.
            problems.add(Position.START, "", "cannot be read as YAML: " + e);
        }
        return Optional.empty();
    }

    private YamlNode convert(Node node) {
        if (++nodes > MOST_NODES) {
            throw new TooManyNodesException();
        }
        Position at = at(node);
        refuseTag(node.getTag(), at);
        if (node instanceof ScalarNode scalar) {
            return new Scalar(scalar.getValue(), scalar.isPlain(), at);
        }
        if (!open.add(node)) {
            problems.add(at, "", "this holds an alias of itself");
            return new Scalar("", true, at);
        }
        if (open.size() > BoundedParser.DEEPEST) {
            // Aliases of aliases nest without nesting in the text.
            throw new TooManyNodesException();
        }
        try {
            if (node instanceof MappingNode mapping) {
                return mapping(mapping, at);
            }
            List<YamlNode> items = new ArrayList<>();
            ((SequenceNode) node).getValue().forEach(item -> items.add(convert(item)));
            return new Sequence(items, at);
        } finally {
            open.remove(node);
        }
    }

    private Mapping mapping(MappingNode node, Position at) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        Map<String, Position> own = new HashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            Position keyAt = at(tuple.getKeyNode());
            refuseTag(tuple.getKeyNode().getTag(), keyAt);
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(keyAt, "", "a key must be a single word");
            } else if (key.isPlain() && key.getValue().equals("<<")) {
                merge(convert(tuple.getValueNode()), keyAt, entries);
            } else {
                Position first = own.putIfAbsent(key.getValue(), keyAt);
                YamlNode value = convert(tuple.getValueNode());
                if (first != null) {
                    problems.add(keyAt, "", "the key " + Scalar.shown(key.getValue()) + " is already on line "
                            + first.line());
                } else {
                    entries.put(key.getValue(), new Entry(keyAt, value));
                }
            }
        }
        return new Mapping(Collections.unmodifiableMap(entries), at);
    }

    /** What is merged in never replaces a key that is there, and is replaced by one that comes later. */
    private void merge(YamlNode value, Position at, Map<String, Entry> into) {
        if (value instanceof Mapping mapping) {
            mapping.entries().forEach(into::putIfAbsent);
        } else if (value instanceof Sequence list
                && list.items().stream().allMatch(Mapping.class::isInstance)) {
            list.items().forEach(item -> merge(item, at, into));
        } else {
            problems.add(at, "",
                    "'<<' takes keys with values, or a list of such; usually an alias like *defaults");
        }
    }

    private void refuseTag(Tag tag, Position at) {
        String value = tag.getValue();
        if (!value.startsWith(Tag.PREFIX) || !TAGS.contains(value.substring(Tag.PREFIX.length()))) {
            problems.add(at, "", "tags are not supported, but here is " + Scalar.shown(value));
        }
    }

    private static Position at(Node node) {
        return node.getStartMark().map(YamlDocument::position).orElse(Position.START);
    }

    private static Position position(Mark mark) {
        return new Position(mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static final class TooManyNodesException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
