package dev.upkeep.config;

import dev.upkeep.api.ResourceLimit;
import dev.upkeep.api.ResourceLimit.Bound;
import dev.upkeep.api.settings.ByteSize;
import dev.upkeep.config.YamlNode.Mapping;
import dev.upkeep.config.YamlNode.Scalar;
import dev.upkeep.plugin.Nearest;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code limits:}, each one value or {@code {soft: …, hard: …}} (P2). */
final class LimitsReader {
    private static final String UNLIMITED = "unlimited";

    private final Reading reading;

    LimitsReader(Reading reading) {
        this.reading = reading;
    }

    Map<ResourceLimit, Bound> read(Fields child) {
        Map<ResourceLimit, Bound> limits = new EnumMap<>(ResourceLimit.class);
        child.fields("limits", "names with limits").ifPresent(fields -> {
            Map<String, String> elsewhere = new LinkedHashMap<>();
            for (ResourceLimit limit : ResourceLimit.values()) {
                if (!limit.resource().equals(limit.key())) {
                    elsewhere.put(limit.resource(), "here it is '" + limit.key() + "'");
                }
            }
            fields.refuseUnknown(Arrays.stream(ResourceLimit.values()).map(ResourceLimit::key).toList(),
                    elsewhere);
            for (ResourceLimit limit : ResourceLimit.values()) {
                bound(fields, limit).ifPresent(bound -> limits.put(limit, bound));
            }
        });
        return limits;
    }

    private Optional<Bound> bound(Fields fields, ResourceLimit limit) {
        Optional<YamlNode> node = fields.node(limit.key());
        if (!(node.orElse(null) instanceof Mapping mapping)) {
            return node.flatMap(n -> value(fields, limit.key(), limit)).map(both -> {
                refuseWhatTheHostDoes(both, fields, limit.key(), limit);
                return Bound.of(both);
            });
        }
        Fields both = new Fields(mapping, fields.path(limit.key()), fields.scope(), reading);
        both.refuseUnknown(List.of("soft", "hard"), Map.of());
        for (String key : List.of("soft", "hard")) {
            if (!both.has(key)) {
                reading.problems().add(both.at(), both.path(), "'" + key + "' must be given");
            }
        }
        Optional<Long> soft = value(both, "soft", limit);
        Optional<Long> hard = value(both, "hard", limit);
        hard.ifPresent(h -> refuseWhatTheHostDoes(h, both, "hard", limit));
        if (soft.isEmpty() || hard.isEmpty()) {
            return Optional.empty();
        }
        if (soft.get() > hard.get()) {
            both.tell("soft", shown(both, "soft") + " must be at most the hard limit, "
                    + shown(both, "hard"));
            return Optional.empty();
        }
        return Optional.of(new Bound(soft.get(), hard.get()));
    }

    private void refuseWhatTheHostDoes(long hard, Fields fields, String key, ResourceLimit limit) {
        Host host = reading.host().get();
        Optional<Long> most = limit == ResourceLimit.OPEN_FILES ? host.mostOpenFiles() : Optional.empty();
        Optional<Long> own = Optional.ofNullable(host.hardLimits().get(limit));
        if (most.filter(m -> hard > m).isPresent()) {
            fields.tell(key, shown(fields, key) + " must be at most " + most.get()
                    + ", which is /proc/sys/fs/nr_open");
        } else if (!host.may(Host.CAP_SYS_RESOURCE) && own.filter(o -> hard > o).isPresent()) {
            fields.tell(key, shown(fields, key) + " must be at most " + written(own.get(), limit)
                    + ", the supervisor's own hard limit, unless the supervisor runs as root, and "
                    + host.who());
        }
    }

    private static String shown(Fields fields, String key) {
        return fields.node(key).orElse(null) instanceof Scalar scalar ? scalar.shown() : "it";
    }

    private static String written(long value, ResourceLimit limit) {
        return limit.unit() == ResourceLimit.Unit.BYTES ? new ByteSize(value).toString() : value + "";
    }

    private Optional<Long> value(Fields fields, String key, ResourceLimit limit) {
        Optional<String> text = fields.text(key);
        if (text.isEmpty() || !(fields.node(key).orElse(null) instanceof Scalar scalar)) {
            return Optional.empty();
        }
        if (text.get().equals(UNLIMITED)) {
            return Optional.of(ResourceLimit.UNLIMITED);
        }
        Optional<Long> value = switch (limit.unit()) {
            case COUNT -> Accounts.number(text.get());
            case BYTES -> leaf(text.get(), ByteSize.class).map(ByteSize::bytes);
            case SECONDS -> Accounts.number(text.get())
                    .or(() -> leaf(text.get(), Duration.class).filter(d -> d.getNano() == 0)
                            .map(Duration::getSeconds));
        };
        if (value.isEmpty()) {
            fields.tell(key, scalar.shown() + " is not a limit; expected " + switch (limit.unit()) {
                case COUNT -> "a whole number";
                case BYTES -> "a number of bytes, or one with KiB, MiB, GiB or TiB, as in 512MiB,";
                case SECONDS -> "a time in whole seconds, as in 10s or 10,";
            } + " or unlimited." + Nearest.hint(scalar.guess(text.get()), List.of(UNLIMITED)));
        }
        return value;
    }

    private static <T> Optional<T> leaf(String text, Class<T> type) {
        return Leaves.read(text, type, false).map(type::cast);
    }
}
