package dev.upkeep.config;

import dev.upkeep.api.ReadyBy;
import dev.upkeep.config.YamlNode.Mapping;
import dev.upkeep.config.YamlNode.Scalar;
import dev.upkeep.plugin.Nearest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code ready:}: {@code notify}, or {@code {fd: 3}} (P9). */
final class ReadyReader {
    private static final Bounds DESCRIPTOR = new Bounds(ReadyBy.Descriptor.LEAST, ReadyBy.Descriptor.MOST,
            false);
    private static final String EXPECTED = "notify or {fd: …}";

    private final Reading reading;

    ReadyReader(Reading reading) {
        this.reading = reading;
    }

    ReadyBy read(Fields fields) {
        Optional<YamlNode> node = fields.node("ready");
        if (node.isEmpty()) {
            return ReadyBy.START;
        }
        String path = fields.path("ready");
        if (node.get() instanceof Scalar scalar && !scalar.isNull()) {
            Optional<String> word = reading.text(scalar, path, fields.scope());
            if (word.isPresent() && !word.get().equals("notify")) {
                reading.problems()
                        .add(scalar.at(), path, "unknown value " + scalar.shown() + "; expected " + EXPECTED
                                + "." + Nearest.hint(scalar.guess(word.get()), List.of("notify")));
            }
            return ReadyBy.NOTIFY;
        }
        Optional<Mapping> mapping = reading.mapping(node.get(), path, EXPECTED);
        if (mapping.isEmpty()) {
            return ReadyBy.START;
        }
        Fields inner = new Fields(mapping.get(), path, fields.scope(), reading);
        inner.refuseUnknown(List.of("fd"), Map.of("notify", "write it without a key: 'ready: notify'"));
        if (!inner.has("fd")) {
            reading.problems().add(inner.at(), path, "'fd' must be given, the number of a descriptor");
        }
        return inner.leaf("fd", Integer.class, DESCRIPTOR)
                .<ReadyBy>map(ReadyBy.Descriptor::new)
                .orElse(ReadyBy.START);
    }
}
