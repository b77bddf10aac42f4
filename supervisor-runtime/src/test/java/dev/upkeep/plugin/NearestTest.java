package dev.upkeep.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
    private static final List<String> WORDS = List.of("permanent", "transient", "startTimeout", "tcp",
            "interval", "id");

    @ParameterizedTest
    @CsvSource({"permanant,permanent", "trasnient,transient", "start_timeout,startTimeout",
            "STARTTIMEOUT,startTimeout",
            "tpc,tcp", "intervall,interval", "INTERVAL,interval"})
    void findsWhatWasMeant(String word, String meant) {
        assertThat(Nearest.to(word, WORDS)).contains(meant);
    }

    @ParameterizedTest
    @CsvSource({"elephant", "xy", "q"})
    void guessesNothingOfAWordLikeNoOther(String word) {
        assertThat(Nearest.to(word, WORDS)).isEmpty();
    }

    @Test
    void isNotLedAstrayByLengthOrEmptiness() {
        assertThat(Nearest.to("", WORDS)).isEmpty();
        assertThat(Nearest.to("a".repeat(100_000), WORDS)).isEmpty();
        assertThat(Nearest.to("--", List.of("", "-"))).isEmpty();
    }
}
