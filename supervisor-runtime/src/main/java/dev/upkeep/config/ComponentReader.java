package dev.upkeep.config;

import dev.upkeep.api.Component;
import dev.upkeep.api.ComponentSpec;
import dev.upkeep.api.ComponentSpec.ThreadKind;
import dev.upkeep.config.YamlNode.Mapping;
import dev.upkeep.config.YamlNode.Scalar;
import dev.upkeep.plugin.SettingsShape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads what makes a child a component: a class, and its own nested record {@code Settings} if it has one. */
final class ComponentReader {
    static final List<String> KEYS = List.of("component", "thread", "settings", "whenAbandoned");

    private final Reading reading;

    ComponentReader(Reading reading) {
        this.reading = reading;
    }

    Optional<ComponentSpec> read(Fields fields) {
        ThreadKind thread = fields.leaf("thread", ThreadKind.class, ThreadKind.VIRTUAL);
        Optional<Class<? extends Component>> type = fields.text("component")
                .flatMap(name -> find(name, fields));
        if (type.isEmpty()) {
            return Optional.empty();
        }
        int before = reading.problems().count();
        Optional<Record> settings = settings(type.get(), fields);
        if (reading.problems().count() > before) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ComponentSpec(type.get().getName(),
                    reading.factory().of(type.get(), settings), thread));
        } catch (RuntimeException | LinkageError e) {
            tell(fields, "component", e.getMessage() == null
                    ? "the component " + type.get().getName() + " cannot be made: " + e
                    : e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Class<? extends Component>> find(String name, Fields fields) {
        try {
            Class<?> found = Class.forName(name, false, reading.components());
            if (!Component.class.isAssignableFrom(found)) {
                tell(fields, "component", name + " does not implement " + Component.class.getName());
                return Optional.empty();
            }
            return Optional.of(found.asSubclass(Component.class));
        } catch (ClassNotFoundException e) {
            tell(fields, "component", "there is no class " + Scalar.shown(name)
                    + " on the class path; put the jar that has it into ext/");
        } catch (LinkageError e) {
            tell(fields, "component", "the class " + Scalar.shown(name) + " cannot be loaded: " + e);
        }
        return Optional.empty();
    }

    private Optional<Record> settings(Class<? extends Component> type, Fields fields) {
        Optional<Class<?>> record;
        try {
            record = Arrays.stream(type.getDeclaredClasses())
                    .filter(c -> c.isRecord() && c.getSimpleName().equals("Settings"))
                    .findFirst();
        } catch (LinkageError e) {
            tell(fields, "component", "the class " + type.getName() + " cannot be loaded: " + e);
            return Optional.empty();
        }
        String path = fields.path("settings");
        Optional<YamlNode> node = fields.node("settings");
        if (record.isEmpty()) {
            node.ifPresent(n -> reading.problems()
                    .add(n.at(), path,
                            type.getName() + " takes no settings; it has no nested record 'Settings'"));
            return Optional.empty();
        }
        try {
            SettingsShape shape = SettingsShape.of(record.get());
            Mapping mapping = new Mapping(Map.of(), fields.at());
            Optional<Mapping> given = node.isEmpty()
                    ? Optional.of(mapping)
                    : reading.mapping(node.get(), path, "keys with values");
            return given
                    .flatMap(m -> new SettingsBinder(reading).bind(shape,
                            new Fields(m, path, fields.scope(), reading), Set.of(), Map.of()));
        } catch (IllegalArgumentException e) {
            tell(fields, "component", String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private void tell(Fields fields, String key, String message) {
        Position at = fields.node(key).map(YamlNode::at).orElse(fields.at());
        reading.problems().add(at, fields.path(key), message);
    }
}
