package dev.upkeep.config;

import dev.upkeep.api.After;
import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.WhenAbandoned;
import dev.upkeep.api.Work;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.plugin.PluginKind;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one child: the keys all children have, and which kind it is. */
final class ChildReader {
    private static final List<String> COMMON = List.of("restart", "backoff", "breaker", "after", "replicas",
            "stop",
            "startTimeout", "autostart", "significant", "essential", "critical");

    private final Reading reading;
    private final Set<String> breakers;

    ChildReader(Reading reading, Set<String> breakers) {
        this.reading = reading;
        this.breakers = breakers;
    }

    /** What a child is. */
    enum Kind {
        PROCESS("command", "processes"), COMPONENT("component", "components"), SUPERVISOR("children",
                "supervisors");

        private final String key;
        private final String plural;

        Kind(String key, String plural) {
            this.key = key;
            this.plural = plural;
        }

        String plural() {
            return plural;
        }

        Set<String> keys() {
            Set<String> keys = new LinkedHashSet<>(COMMON);
            keys.addAll(own());
            if (this != SUPERVISOR) {
                keys.add("health");
            }
            return keys;
        }

        private List<String> own() {
            return switch (this) {
                case PROCESS -> ProcessReader.KEYS;
                case COMPONENT -> ComponentReader.KEYS;
                case SUPERVISOR -> SupervisorReader.KEYS;
            };
        }

        /** Returns why keys of the other kinds do not belong here. */
        Map<String, String> elsewhere() {
            Map<String, String> elsewhere = new LinkedHashMap<>();
            for (Kind other : values()) {
                other.own()
                        .forEach(key -> elsewhere.put(key,
                                "only for " + other.plural + ", and this is one of the "
                                        + plural + " because of its '" + this.key + "'"));
            }
            elsewhere.put("whenFull", "it belongs to the file: 'output: {file: {whenFull: …}}'");
            elsewhere.put("env_file", "here it is 'environmentFile'");
            elsewhere.put("health", "not for supervisors; their health is that of their children");
            return elsewhere;
        }
    }

    /** Returns why keys of children do not belong to the top of a file. */
    static Map<String, String> notAtTheTop() {
        Map<String, String> why = new LinkedHashMap<>();
        for (Kind kind : Kind.values()) {
            kind.keys().forEach(key -> why.put(key, "a key of children; put it below 'children:'"));
        }
        SupervisorReader.DEFAULTS.forEach(key -> why.put(key,
                "a key of children; put it below 'children:', or below 'defaults:' for all of them"));
        return why;
    }

    /** Returns the kind of a child, or nothing after telling that it has none, or several. */
    Optional<Kind> kind(Fields fields) {
        List<Kind> kinds = java.util.Arrays.stream(Kind.values()).filter(k -> fields.has(k.key)).toList();
        if (kinds.size() == 1) {
            return Optional.of(kinds.get(0));
        }
        if (kinds.isEmpty()) {
            reading.problems()
                    .add(fields.at(), fields.path(),
                            "it has nothing to do; give it a 'command', a 'component' or 'children'");
        } else {
            reading.problems()
                    .add(fields.at(), fields.path(), "it has "
                            + String.join(" and ", kinds.stream().map(k -> "'" + k.key + "'").toList())
                            + "; only one of them can be");
        }
        return Optional.empty();
    }

    /**
     * @param pool the one it is a member of
     * @param parent the supervisor that the child is below
     */
    Optional<ChildSpec> read(
            Fields fields,
            Kind kind,
            List<After> after,
            Optional<String> pool,
            SupervisorReader parent) {
        fields.refuseUnknown(kind.keys(), kind.elsewhere());
        RestartType restart = fields.leaf("restart", RestartType.class, RestartType.PERMANENT);
        Optional<Work> work = switch (kind) {
            case PROCESS -> new ProcessReader(reading).read(fields).map(Work.class::cast);
            case COMPONENT -> new ComponentReader(reading).read(fields).map(Work.class::cast);
            case SUPERVISOR -> parent.below(fields).map(Work.class::cast);
        };
        ChoiceReader choices = new ChoiceReader(reading);
        Choice backoff = fields.node("backoff")
                .flatMap(n -> choices.read(ChoicePlace.alone(PluginKind.BACKOFF), n,
                        fields.path("backoff"), fields.scope()))
                .orElse(ChildSpec.DEFAULT_BACKOFF);
        Optional<BreakerUse> breaker = fields.node("breaker")
                .flatMap(n -> choices.breaker(n, fields.path("breaker"), fields.scope(), breakers));
        List<CheckSpec> health = kind == Kind.SUPERVISOR
                ? List.of()
                : fields.node("health")
                        .map(n -> new CheckReader(reading).read(n, fields.path("health"), fields.scope()))
                        .orElse(List.of());
        var startTimeout = fields.duration("startTimeout", Bounds.LONGER_THAN_ZERO,
                ChildSpec.DEFAULT_START_TIMEOUT);
        boolean significant = significant(fields, restart, parent);
        boolean autostart = fields.flag("autostart", true);
        boolean essential = fields.flag("essential", false);
        boolean critical = fields.flag("critical", false);
        WhenAbandoned whenAbandoned = kind == Kind.COMPONENT
                ? fields.leaf("whenAbandoned", WhenAbandoned.class, WhenAbandoned.HOLD)
                : WhenAbandoned.HOLD;
        StopRule stop = new StopReader(reading).read(fields, kind, work);
        return work.map(
                w -> new ChildSpec(fields.scope().name(), w, restart, stop, startTimeout, backoff, breaker,
                        health, after, autostart, significant, essential, critical,
                        whenAbandoned, pool));
    }

    private boolean significant(Fields fields, RestartType restart, SupervisorReader parent) {
        if (!fields.flag("significant", false)) {
            return false;
        }
        Position at = fields.node("significant").map(YamlNode::at).orElse(fields.at());
        if (restart == RestartType.PERMANENT) {
            reading.problems()
                    .add(at, fields.path("significant"),
                            "a significant child must be 'restart: transient' or 'restart: temporary'");
            return false;
        }
        if (!parent.shutsDown()) {
            reading.problems()
                    .add(at, fields.path("significant"),
                            "it has no meaning while its supervisor has 'autoShutdown: never'");
            return false;
        }
        return true;
    }
}
