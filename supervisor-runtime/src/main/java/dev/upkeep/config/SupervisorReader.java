package dev.upkeep.config;

import dev.upkeep.api.Intensity;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.SupervisorSpec.AutoShutdown;
import dev.upkeep.api.SupervisorSpec.OnGiveUp;
import dev.upkeep.api.SupervisorSpec.OnStartFailure;
import dev.upkeep.api.SupervisorSpec.StartOrder;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.config.Fields.Inherited;
import dev.upkeep.plugin.PluginKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/** Reads a supervisor, the root or one below. */
final class SupervisorReader {
    static final List<String> KEYS = List.of("strategy", "intensity", "onGiveUp", "onStartFailure",
            "startOrder",
            "autoShutdown", "maxChildren", "defaults", "children");
    static final Choice DEFAULT_STRATEGY = Choice.of("one-for-one");

    static final List<String> DEFAULTS = Stream
            .concat(Stream.of("restart", "stop", "backoff", "health", "startTimeout", "output"),
                    RunAsReader.KEYS.stream())
            .toList();

    private final Reading reading;
    private final Set<String> breakers;
    private final Map<String, Inherited> inherited;
    private final OnGiveUp onGiveUp;
    private OnStartFailure onStartFailure;
    private AutoShutdown autoShutdown = AutoShutdown.NEVER;
    private Map<String, Inherited> defaults = Map.of();

    private SupervisorReader(Reading reading, Set<String> breakers, Map<String, Inherited> inherited,
            OnGiveUp onGiveUp, OnStartFailure onStartFailure) {
        this.reading = reading;
        this.breakers = breakers;
        this.inherited = inherited;
        this.onGiveUp = onGiveUp;
        this.onStartFailure = onStartFailure;
    }

    /**
     * Returns the reader of a root: of the standalone runner, where one bad command must not take the healthy down
     * (S2, B5).
     */
    static SupervisorReader root(Reading reading, Set<String> breakers) {
        return new SupervisorReader(reading, breakers, Map.of(), OnGiveUp.SUSPEND,
                OnStartFailure.KEEP_TRYING);
    }

    Optional<SupervisorSpec> read(Fields fields) {
        Choice strategy = fields.node("strategy")
                .flatMap(n -> new ChoiceReader(reading).read(
                        ChoicePlace.alone(PluginKind.RESTART_STRATEGY), n, fields.path("strategy"),
                        fields.scope()))
                .orElse(DEFAULT_STRATEGY);
        Intensity intensity = fields.fields("intensity", "{max: …, within: …}")
                .map(this::intensity)
                .orElse(Intensity.DEFAULT);
        OnGiveUp giveUp = fields.leaf("onGiveUp", OnGiveUp.class, onGiveUp);
        onStartFailure = fields.leaf("onStartFailure", OnStartFailure.class, onStartFailure);
        StartOrder order = fields.leaf("startOrder", StartOrder.class, StartOrder.DEPENDENCIES);
        autoShutdown = fields.leaf("autoShutdown", AutoShutdown.class, AutoShutdown.NEVER);
        OptionalInt maxChildren = fields.leaf("maxChildren", Integer.class, Bounds.ZERO_OR_MORE)
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
        defaults = defaults(fields);
        Optional<ChildrenReader.Children> children = new ChildrenReader(reading,
                new ChildReader(reading, breakers),
                this)
                .read(fields);
        return children.filter(c -> fits(c.list().size(), maxChildren, fields))
                .map(c -> new SupervisorSpec(strategy, intensity, giveUp, onStartFailure, order, autoShutdown,
                        maxChildren, c.pools(), c.list()));
    }

    private boolean fits(int children, OptionalInt most, Fields fields) {
        if (most.isEmpty() || children <= most.getAsInt()) {
            return true;
        }
        Position at = fields.node("maxChildren").map(YamlNode::at).orElse(fields.at());
        reading.problems()
                .add(at, fields.path("maxChildren"),
                        "it allows " + most.getAsInt() + ", but with all replicas there are " + children
                                + " children");
        return false;
    }

    private Intensity intensity(Fields fields) {
        fields.refuseUnknown(List.of("max", "within"), Map.of());
        return new Intensity(fields.number("max", Bounds.ZERO_OR_MORE, Intensity.DEFAULT.max()),
                fields.duration("within", Bounds.LONGER_THAN_ZERO, Intensity.DEFAULT.within()));
    }

    private Map<String, Inherited> defaults(Fields fields) {
        Map<String, Inherited> all = new LinkedHashMap<>(inherited);
        fields.fields("defaults", "keys with values").ifPresent(f -> {
            f.refuseUnknown(DEFAULTS, Map.of());
            f.mapping()
                    .entries()
                    .forEach((key, entry) -> all.put(key, new Inherited(entry.value(), f.path(key))));
        });
        all.keySet().retainAll(DEFAULTS);
        return all;
    }

    /** Reads a supervisor below this one, which inherits its defaults and {@code onStartFailure}. */
    Optional<SupervisorSpec> below(Fields fields) {
        return new SupervisorReader(reading, breakers, defaults, OnGiveUp.ESCALATE, onStartFailure)
                .read(fields);
    }

    boolean shutsDown() {
        return autoShutdown != AutoShutdown.NEVER;
    }

    /**
     * Returns the defaults for a child. A supervisor takes only how it is restarted; how its children stop, start and
     * are checked says nothing about the whole of them.
     */
    Map<String, Inherited> defaultsFor(ChildReader.Kind kind) {
        if (kind != ChildReader.Kind.SUPERVISOR) {
            return defaults;
        }
        Map<String, Inherited> few = new LinkedHashMap<>(defaults);
        few.keySet().retainAll(Set.of("restart", "backoff"));
        return few;
    }
}
