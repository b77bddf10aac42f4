package dev.upkeep.config;

import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.config.YamlNode.Mapping;
import dev.upkeep.config.YamlNode.Scalar;
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
    private static final ChoicePlace CHECK = ChoicePlace.withRuntimeKeys(PluginKind.HEALTH_CHECK);

    private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);

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
        int before = reading.problems().count();
        Fields fields = new Fields(mapping.get(), path, scope, reading);
        Optional<Role> role = fields.leaf("role", Role.class, Bounds.NONE);
        Optional<String> name = fields.text("name");
        Optional<Duration> interval = fields.leaf("interval", Duration.class, Bounds.LONGER_THAN_ZERO);
        Optional<Duration> timeout = fields.leaf("timeout", Duration.class, Bounds.LONGER_THAN_ZERO);
        requireFits(timeout, interval, fields);
        Duration initialDelay = fields.duration("initialDelay", Bounds.ZERO_OR_MORE, Duration.ZERO);
        Optional<Integer> failures = fields.leaf("failureThreshold", Integer.class, Bounds.ONE_OR_MORE);
        Optional<Integer> successes = fields.leaf("successThreshold", Integer.class, Bounds.ONE_OR_MORE);
        Optional<Integer> degraded = fields.leaf("degradedThreshold", Integer.class, Bounds.ONE_OR_MORE);
        double jitter = fields.leaf("jitter", Double.class, Bounds.SHARE).orElse(0.1);
        Optional<Choice> choice = new ChoiceReader(reading).read(CHECK, node, path, scope);
        if (choice.isEmpty()) {
            return Optional.empty();
        }
        String type = choice.get().type();
        Role used = role.orElseGet(() -> reading.catalog().defaultRole(type));
        if (reading.catalog().judgedByDeadline(type)) {
            String why = "'" + type + "' checks, which are judged at their deadline";
            requireOne("failureThreshold", failures, fields, why);
            requireOne("successThreshold", successes, fields, why);
            degraded.ifPresent(d -> tell(fields, "degradedThreshold", "it has no meaning for " + why));
        } else if (used != Role.READINESS) {
            requireOne("successThreshold", successes, fields, "liveness and startup checks");
        }
        return reading.problems().count() == before
                ? Optional.of(new CheckSpec(choice.get(), name.orElse(type), used,
                        interval.orElse(DEFAULT_INTERVAL), timeout.orElse(Duration.ofSeconds(5)),
                        initialDelay,
                        failures.orElse(3), successes.orElse(1),
                        degraded.map(OptionalInt::of).orElse(OptionalInt.empty()), jitter))
                : Optional.empty();
    }

    /**
     * Runs never overlap, so one that may take longer than the interval makes that untrue. Only a timeout that somebody wrote is
     * held against it: the default serves a short interval, too.
     */
    private void requireFits(Optional<Duration> timeout, Optional<Duration> interval, Fields fields) {
        Optional<YamlNode> written = fields.node("interval");
        if (written.isPresent() && interval.isEmpty()) {
            return;
        }
        timeout.filter(t -> t.compareTo(interval.orElse(DEFAULT_INTERVAL)) > 0)
                .flatMap(t -> fields.node("timeout"))
                .ifPresent(node -> tell(fields, "timeout", shown(node) + " must be at most the interval, "
                        + written.map(CheckReader::shown)
                                .orElse("by default '" + Durations.format(DEFAULT_INTERVAL) + "'")));
    }

    private void requireOne(String key, Optional<Integer> value, Fields fields, String why) {
        if (value.orElse(1) != 1) {
            tell(fields, key, "it is fixed at 1 for " + why);
        }
    }

    private void tell(Fields fields, String key, String message) {
        Position at = fields.node(key).map(YamlNode::at).orElse(fields.at());
        reading.problems().add(at, fields.path(key), message);
    }

    /** Returns a value as it stands in the file: what a variable stands for is not shown. */
    private static String shown(YamlNode node) {
        return node instanceof Scalar scalar ? scalar.shown() : node.noun();
    }
}
