package dev.upkeep.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.settings.Alias;
import dev.upkeep.api.settings.Defaults;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class SettingsTest {
    private static final Map<String, String> OF_ALL = Map.of("waitDurationInOpenState", "openFor",
            "exponentialMaxWaitDurationInOpenState", "maxOpenFor",
            "permittedNumberOfCallsInHalfOpenState", "trials", "maxWaitDurationInHalfOpenState",
            "trialTimeout", "ignoreExceptions", "ignore", "recordExceptions", "failOn");

    @Test
    @DisplayName("C10 Resilience4j's names for the settings are aliases")
    void aliases() {
        Map<String, String> rate = new TreeMap<>(OF_ALL);
        rate.putAll(Map.of("slidingWindowSize", "window", "slidingWindowType", "windowType",
                "minimumNumberOfCalls", "minimumCalls", "failureRateThreshold %", "failureRate",
                "slowCallRateThreshold %", "slowCallRate", "slowCallDurationThreshold", "slowCall"));

        assertThat(aliasesOf(FailureRateFactory.Settings.class)).isEqualTo(rate);
        assertThat(aliasesOf(ConsecutiveFactory.Settings.class)).isEqualTo(new TreeMap<>(OF_ALL));
        assertThat(aliasesOf(CountFactory.Settings.class)).isEqualTo(new TreeMap<>(OF_ALL));
    }

    @Test
    @DisplayName("C10 its names for states and windows are ours, in another spelling")
    void words() {
        assertThat(Stream.of(InitialState.values()).map(Enum::name))
                .containsExactlyInAnyOrder("CLOSED", "FORCED_OPEN", "DISABLED", "METRICS_ONLY");
        assertThat(Stream.of(InitialState.values()).map(Defaults::wordOf))
                .contains("forced-open", "metrics-only");
        assertThat(Stream.of(WindowType.values()).map(Enum::name))
                .containsExactly("COUNT_BASED", "TIME_BASED");
    }

    @Test
    void aBareNumberIsOneOfSecondsWhereTheWindowIsTimeBased() {
        assertThat(WindowSize.parse("60", Optional.of(WindowType.TIME_BASED)))
                .isEqualTo(new WindowSize.Time(Duration.ofSeconds(60)));
        assertThat(WindowSize.parse("60s", Optional.of(WindowType.TIME_BASED)))
                .isEqualTo(new WindowSize.Time(Duration.ofSeconds(60)));
        assertThat(WindowSize.parse("60", Optional.of(WindowType.COUNT_BASED)))
                .isEqualTo(new WindowSize.Calls(60));
        assertThatThrownBy(() -> Made.rate("60s", Optional.of(WindowType.COUNT_BASED), 20, 0.5,
                Duration.ofSeconds(5)))
                .hasMessage("window must be a number of calls where windowType is count-based, but is '60s'");
    }

    private static Map<String, String> aliasesOf(Class<? extends Record> settings) {
        Map<String, String> found = new TreeMap<>();
        for (RecordComponent component : settings.getRecordComponents()) {
            Alias alias = component.getAnnotation(Alias.class);
            if (alias != null) {
                found.put(alias.value() + (alias.percent() ? " %" : ""), component.getName());
            }
        }
        return found;
    }
}
