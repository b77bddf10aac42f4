package dev.upkeep.config;

import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.health.Role;
import dev.upkeep.config.YamlNode.Mapping;
import dev.upkeep.plugin.PluginKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads {@code health:} (H3). */
final class CheckReader {
    private final Reading reading;

    CheckReader(Reading reading) {
        this.reading = reading;
    }

    List<CheckSpec> read(YamlNode node, String path, Scope scope) {
        List<CheckSpec> checks = new ArrayList<>();
        Set<String> names = new HashSet<>();
        List<YamlNode> items = reading.list(node, path, "checks, each {type: …}");
        for (int i = 0; i < items.size(); i++) {
            YamlNode item = items.get(i);
            String here = path + "[" + i + "]";
            check(item, here, scope).ifPresent(check -> {
                if (names.add(check.name())) {
                    checks.add(check);
                } else {
                    reading.problems()
                            .add(item.at(), here, "another check here is named '" + check.name()
                                    + "', too; give one a 'name'");
                }
            });
        }
        return checks;
    }

    private Optional<CheckSpec> check(YamlNode node, String path, Scope scope) {
        Optional<Mapping> mapping = reading.mapping(node, path, "{type: …} with its settings");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Fields fields = new Fields(mapping.get(), path, scope, reading);
        Optional<Role> role = fields.leaf("role", Role.class, Bounds.NONE);
        Optional<String> name = fields.text("name");
        Duration interval = fields.duration("interval", Bounds.LONGER_THAN_ZERO, Duration.ofSeconds(10));
        Duration timeout = fields.duration("timeout", Bounds.LONGER_THAN_ZERO, Duration.ofSeconds(5));
        Duration initialDelay = fields.duration("initialDelay", Bounds.ZERO_OR_MORE, Duration.ZERO);
        int failures = fields.number("failureThreshold", Bounds.ONE_OR_MORE, 3);
        int successes = fields.number("successThreshold", Bounds.ONE_OR_MORE, 1);
        OptionalInt degraded = fields.leaf("degradedThreshold", Integer.class, Bounds.ONE_OR_MORE)
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
        double jitter = fields.leaf("jitter", Double.class, Bounds.SHARE).orElse(0.1);
        return new ChoiceReader(reading)
                .read(PluginKind.HEALTH_CHECK, node, path, scope, PluginKind.HEALTH_CHECK.runtimeKeys())
                .flatMap(choice -> {
                    Role used = role.orElseGet(() -> reading.catalog().defaultRole(choice.type()));
                    if (used != Role.READINESS && successes != 1) {
                        Position at = fields.node("successThreshold").map(YamlNode::at).orElse(fields.at());
                        reading.problems()
                                .add(at, fields.path("successThreshold"),
                                        "it is fixed at 1 for liveness and startup checks");
                        return Optional.empty();
                    }
                    return Optional
                            .of(new CheckSpec(choice, name.orElse(choice.type()), used, interval, timeout,
                                    initialDelay, failures, successes, degraded, jitter));
                });
    }
}
