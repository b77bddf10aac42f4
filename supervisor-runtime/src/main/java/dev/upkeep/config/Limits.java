package dev.upkeep.config;

import dev.upkeep.api.settings.Range;
import java.util.Optional;

/** The ranges of the runtime's own keys, written like those of a plugin's settings. */
record Limits(@Range(min = 0, exclusiveMin = true) Void longerThanZero, @Range(min = 0) Void zeroOrMore,
        @Range(min = 1) Void oneOrMore, @Range(min = 0, max = 1) Void share,
        @Range(min = 0, max = 255) Void exitCode, @Range(min = 0, max = 10_000) Void replicas) {
    static final Optional<Range> LONGER_THAN_ZERO = of("longerThanZero");
    static final Optional<Range> ZERO_OR_MORE = of("zeroOrMore");
    static final Optional<Range> ONE_OR_MORE = of("oneOrMore");
    static final Optional<Range> SHARE = of("share");
    static final Optional<Range> EXIT_CODE = of("exitCode");
    static final Optional<Range> REPLICAS = of("replicas");

    private static Optional<Range> of(String name) {
        for (var component : Limits.class.getRecordComponents()) {
            if (component.getName().equals(name)) {
                return Optional.ofNullable(component.getAnnotation(Range.class));
            }
        }
        throw new IllegalArgumentException(name);
    }
}
