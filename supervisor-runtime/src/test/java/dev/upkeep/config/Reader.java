package dev.upkeep.config;

import static org.assertj.core.api.Assertions.fail;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Component;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.plugin.Catalog;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads texts as if they lay in one directory, and remembers the settings that components were asked for with. */
final class Reader {
    final Map<Class<?>, Optional<Record>> components = new HashMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private final Path directory;
    private Catalog catalog = TestTypes.catalog();
    private Host host = Hosts.root();

    Reader(Path directory) {
        this.directory = directory;
    }

    Reader() {
        this(Path.of("/srv/shop"));
    }

    Reader with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    Reader with(Catalog value) {
        catalog = value;
        return this;
    }

    Reader on(Host value) {
        host = value;
        return this;
    }

    ConfigurationReader reader() {
        return new ConfigurationReader(catalog, environment, Reader.class.getClassLoader(),
                (type, settings) -> {
                    components.put(type, settings);
                    return () -> (Component) type.getDeclaredConstructor().newInstance();
                }, () -> host);
    }

    Configuration configuration(String text) {
        try {
            return reader().read(text, "upkeep.yaml", directory);
        } catch (ConfigurationException e) {
            return fail(e.getMessage());
        }
    }

    TreeSpec tree(String text) {
        return configuration(text).tree();
    }

    /** Reads the children of a tree that is nothing else. */
    List<ChildSpec> children(String text) {
        return tree("children:\n" + text.indent(2)).root().children();
    }

    /** Returns the message about a text that is refused. */
    String refusal(String text) {
        try {
            reader().read(text, "upkeep.yaml", directory);
        } catch (ConfigurationException e) {
            return String.valueOf(e.getMessage());
        }
        return fail("this should be refused:\n" + text);
    }

    static ChildSpec child(SupervisorSpec supervisor, String id) {
        return supervisor.children().stream().filter(c -> c.id().equals(id)).findFirst().orElseThrow();
    }
}
