package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineSplitterTest {
    private final List<String> lines = new ArrayList<>();
    private final List<Boolean> whole = new ArrayList<>();
    private final LineSplitter splitter = new LineSplitter((buffer, offset, length, isWhole) -> {
        lines.add(new String(buffer, offset, length, StandardCharsets.ISO_8859_1));
        whole.add(isWhole);
    });

    private void feed(String text) {
        byte[] padded = ("##" + text + "##").getBytes(StandardCharsets.ISO_8859_1);
        splitter.feed(padded, 2, padded.length - 4);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void givesTheSameLinesHoweverTheBytesArrive(long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String line = "x".repeat(random.nextInt(i % 10 == 0 ? 9_000 : 60)) + i;
            expected.add(line);
            text.append(line).append('\n');
        }
        for (int at = 0; at < text.length();) {
            int step = Math.min(text.length() - at, random.nextInt(seed % 2 == 0 ? 5_000 : 7));
            feed(text.substring(at, at + step));
            at += step;
        }

        assertThat(lines).isEqualTo(expected);
        assertThat(whole).containsOnly(true);
    }

    @Test
    void cutsALineWithoutEndAndMarksEachPiece() {
        for (int i = 0; i < 40; i++) {
            feed("y".repeat(1024));
        }
        feed("z\nnext\n");

        assertThat(lines.stream().map(String::length)).containsExactly(16 * 1024, 16 * 1024, 8 * 1024 + 1, 4);
        assertThat(whole).containsExactly(false, false, false, true);
    }

    @Test
    void takesALineOfExactlyTheLongestLengthAsWhole() {
        String line = "a".repeat(LineSplitter.LONGEST_LINE);
        feed(line + "\nb\n");

        assertThat(lines).containsExactly(line, "b");
        assertThat(whole).containsExactly(true, true);
    }

    @Test
    void addsNoEmptyLineWhereTheNewlineOfACutLineComesLate() {
        feed("a".repeat(LineSplitter.LONGEST_LINE));
        feed("\n\nb\n");

        assertThat(lines.subList(1, lines.size())).containsExactly("", "b");
    }

    @Test
    void givesAnUnfinishedLineAtTheEndAndNothingElse() {
        Stream.of("a\nb", "c").forEach(this::feed);
        splitter.end();
        splitter.end();

        assertThat(lines).containsExactly("a", "bc");
    }
}
