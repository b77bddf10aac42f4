package dev.upkeep.api.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WrittenFormsTest {
    enum Colour {
        RED, LIGHT_BLUE
    }

    record All(@Default("1m30s") Duration time, @Default("forever") @AllowForever Duration open,
            @Default("10MiB") ByteSize size,
            @Default("x") String text, @Default("3") int number, @Default("4") long big,
            @Default("0.5") double share,
            @Default("true") boolean flag, @Default("light-blue") Colour colour,
            @Default("[]") List<String> list,
            @Default("{}") Map<String, String> map, Optional<String> maybe) {}

    record Less(@Default("/var/log") Path path, @Default("http://127.0.0.1/") URI uri,
            @Default("3") Integer whole, @Default("4") Long big, @Default("0.5") Double share,
            @Default("false") Boolean flag) {}

    record ByPattern(@Default("a+") Pattern pattern) {}

    record Required(int port) {}

    record Misread(@Default("yes") boolean flag) {}

    record Contradiction(@Default("1") int one) {
        Contradiction {
            throw new IllegalArgumentException("one is too few");
        }
    }

    @Test
    void f3_durationsAndSizesAreReadAndWritten() {
        for (String form : List.of("500ms", "10s", "5m", "1h", "1h2m3s4ms", "0s")) {
            assertThat(Durations.format(Durations.parse(form))).isEqualTo(form);
        }
        for (String form : List.of("512", "64KiB", "10MiB", "2GiB")) {
            assertThat(ByteSize.parse(form)).hasToString(form);
        }
        for (String bad : List.of("", "10", "10 s", "-1s", "s", "1s1m", "1.5s", "99999999999s")) {
            assertThatIllegalArgumentException().as(bad)
                    .isThrownBy(() -> Durations.parse(bad))
                    .withMessageContaining(bad);
        }
        for (String bad : List.of("", "MiB", "-1", "1MB", "999999999999999TiB")) {
            assertThatIllegalArgumentException().as(bad).isThrownBy(() -> ByteSize.parse(bad));
        }
    }

    @Test
    void f4_aRecordIsBuiltFromItsDefaults() {
        All all = Defaults.of(All.class);
        assertThat(all).isEqualTo(new All(Duration.ofSeconds(90), AllowForever.FOREVER,
                new ByteSize(10 << 20), "x", 3, 4, 0.5, true,
                Colour.LIGHT_BLUE, List.of(), Map.of(), Optional.empty()));
    }

    @Test
    void f4_everyTypeASettingMayHaveMayHaveADefault() {
        assertThat(Defaults.of(Less.class)).isEqualTo(
                new Less(Path.of("/var/log"), URI.create("http://127.0.0.1/"), 3, 4L, 0.5, false));
        assertThat(Defaults.of(ByPattern.class).pattern().pattern()).isEqualTo("a+");
    }

    @Test
    void f4_aRequiredComponentAnUnreadableDefaultAndARefusalAreTold() {
        assertThatIllegalArgumentException().isThrownBy(() -> Defaults.of(Required.class))
                .withMessageContaining("'port'");
        assertThatIllegalArgumentException().isThrownBy(() -> Defaults.of(Misread.class))
                .withMessageContaining("'yes'");
        assertThatIllegalArgumentException().isThrownBy(() -> Defaults.of(Contradiction.class))
                .withMessageContaining("one is too few");
    }

    @Test
    void theLongestDurationSaturates() {
        assertThat(Durations.saturatedNanos(AllowForever.FOREVER)).isEqualTo(Long.MAX_VALUE);
        assertThat(Durations.format(AllowForever.FOREVER)).isEqualTo("forever");
    }
}
