package dev.upkeep.config;

import dev.upkeep.api.StopRule;
import dev.upkeep.api.child.Signal;
import dev.upkeep.api.settings.AllowForever;
import dev.upkeep.config.YamlNode.Mapping;
import dev.upkeep.config.YamlNode.Scalar;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code stop:}: {@code brutal}, {@code infinite}, or {@code {timeout, signal, killGroup}} (S4, P5). */
final class StopReader {
    private final Reading reading;

    StopReader(Reading reading) {
        this.reading = reading;
    }

    /**
     * @param otherwise the rule of a child of this kind that has none
     * @param signals whether the child is sent signals; what it inherits may name them all the same
     */
    StopRule read(YamlNode node, String path, Scope scope, StopRule otherwise, boolean signals) {
        if (node instanceof Scalar scalar && !scalar.isNull()) {
            Optional<String> word = reading.text(node, path, scope);
            switch (word.orElse("brutal")) {
                case "brutal" :
                    return StopRule.brutal();
                case "infinite" :
                    return StopRule.infinite();
                default :
                    reading.problems()
                            .add(node.at(), path, "unknown value " + scalar.shown()
                                    + "; expected brutal, infinite or {timeout: …, signal: …, killGroup: …}");
                    return otherwise;
            }
        }
        Optional<Mapping> mapping = reading.mapping(node, path,
                "brutal, infinite or {timeout: …, signal: …, killGroup: …}");
        if (mapping.isEmpty()) {
            return otherwise;
        }
        Fields fields = new Fields(mapping.get(), path, scope, reading);
        fields.refuseUnknown(List.of("timeout", "signal", "killGroup"),
                Map.of("command", "not supported yet"));
        for (String key : signals ? List.<String>of() : List.of("signal", "killGroup")) {
            fields.node(key)
                    .ifPresent(n -> reading.problems().add(n.at(), fields.path(key), "only for processes"));
        }
        return new StopRule(timeout(fields, otherwise.timeout()), List.of(), signal(fields),
                fields.flag("killGroup", true));
    }

    private Duration timeout(Fields fields, Duration otherwise) {
        if (fields.node("timeout").orElse(null) instanceof Scalar scalar
                && scalar.text().equals("infinite")) {
            return AllowForever.FOREVER;
        }
        return fields.duration("timeout", Bounds.ZERO_OR_MORE, otherwise);
    }

    private Signal signal(Fields fields) {
        Optional<String> text = fields.text("signal");
        Optional<Signal> signal = text.flatMap(Signal::parse);
        if (text.isPresent() && signal.isEmpty()
                && fields.node("signal").orElse(null) instanceof Scalar scalar) {
            reading.problems()
                    .add(scalar.at(), fields.path("signal"),
                            "unknown signal " + scalar.shown()
                                    + "; expected a name such as SIGTERM or INT, or a number");
        }
        return signal.orElse(Signal.SIGTERM);
    }
}
