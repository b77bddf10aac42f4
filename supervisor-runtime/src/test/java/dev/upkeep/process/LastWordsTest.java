package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LastWordsTest {
    private final LastWords words = new LastWords();

    private void say(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        words.add(bytes, 0, bytes.length);
    }

    @Test
    void saysNothingWhereNothingWasSaid() {
        assertThat(words.lines()).isEmpty();
    }

    @Test
    @DisplayName("P6 keeps 64 lines")
    void keepsTheLastLines() {
        IntStream.range(0, 200).forEach(i -> say("line " + i + "\n"));

        assertThat(words.lines()).hasSize(64).startsWith("line 136").endsWith("line 199");
    }

    @Test
    @DisplayName("P6 keeps 8 KiB, of whole lines where it can")
    void keepsTheLastBytes() {
        IntStream.range(0, 100).forEach(i -> say(Integer.toString(100 + i).repeat(100) + "\n"));

        List<String> lines = words.lines();
        assertThat(lines).hasSize(27).allSatisfy(line -> assertThat(line).hasSize(300));
        assertThat(lines.get(26)).startsWith("199199");
    }

    @Test
    void keepsTheEndOfOneEndlessLine() {
        say("a".repeat(100_000) + "end");

        assertThat(words.lines()).singleElement()
                .satisfies(line -> assertThat(line).hasSize(8 * 1024).endsWith("end"));
    }
}
