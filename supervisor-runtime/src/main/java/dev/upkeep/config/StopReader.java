package dev.upkeep.config;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.Work;
import dev.upkeep.api.child.Signal;
import dev.upkeep.api.settings.AllowForever;
import dev.upkeep.config.YamlNode.Mapping;
import dev.upkeep.config.YamlNode.Scalar;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code stop:}: {@code brutal}, {@code infinite}, or {@code {timeout, command, signal, killGroup}} (S4, P5). */
final class StopReader {
    private static final List<String> OF_PROCESSES = List.of("command", "shell", "signal", "killGroup");
    private static final List<String> KEYS = List.of("timeout", "command", "shell", "signal", "killGroup");
    private static final String EXPECTED = "brutal, infinite or {timeout: …, command: …, signal: …, killGroup: …}";

    private final Reading reading;

    StopReader(Reading reading) {
        this.reading = reading;
    }

    /** @param work what the child does, if that could be read */
    StopRule read(Fields child, ChildReader.Kind kind, Optional<Work> work) {
        StopRule otherwise = work.map(ChildSpec::defaultStop).orElse(StopRule.brutal());
        Optional<YamlNode> node = child.node("stop");
        if (node.isEmpty()) {
            return otherwise;
        }
        String path = child.path("stop");
        if (node.get() instanceof Scalar scalar && !scalar.isNull()) {
            return word(scalar, path, child.scope(), otherwise);
        }
        Optional<Mapping> mapping = reading.mapping(node.get(), path, EXPECTED);
        if (mapping.isEmpty()) {
            return otherwise;
        }
        Fields fields = new Fields(mapping.get(), path, child.scope(), reading);
        fields.refuseUnknown(KEYS, Map.of());
        boolean isProcess = kind == ChildReader.Kind.PROCESS;
        // What it inherits may name them all the same.
        for (String key : isProcess || !child.has("stop") ? List.<String>of() : OF_PROCESSES) {
            if (fields.has(key)) {
                fields.tell(key, "only for processes");
            }
        }
        return new StopRule(timeout(fields, otherwise.timeout()),
                isProcess ? command(fields, work) : List.of(), signal(fields),
                fields.flag("killGroup", true));
    }

    private StopRule word(Scalar scalar, String path, Scope scope, StopRule otherwise) {
        switch (reading.text(scalar, path, scope).orElse("brutal")) {
            case "brutal" :
                return StopRule.brutal();
            case "infinite" :
                return StopRule.infinite();
            default :
                reading.problems()
                        .add(scalar.at(), path,
                                "unknown value " + scalar.shown() + "; expected " + EXPECTED);
                return otherwise;
        }
    }

    private List<String> command(Fields fields, Optional<Work> work) {
        if (!fields.has("command")) {
            if (fields.has("shell")) {
                fields.tell("shell", "there is no 'command' beside it");
            }
            return List.of();
        }
        Path directory = work.filter(ProcessSpec.class::isInstance)
                .flatMap(w -> ((ProcessSpec) w).workingDirectory())
                .orElse(reading.directory());
        return new CommandReader(reading).read(fields, directory);
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
