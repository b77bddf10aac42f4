package dev.upkeep.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever happens to a file, the answer is a configuration or its problems, and soon. */
class MutilatedFilesTest {
    private static final String SPICE = "{}[]:,-&*!|>'\"%@`#?$\\ \n\t~0aé\0\u2028\ud83d\ude00";

    private final ConfigurationReader reader = new Reader().reader();

    /** Returns whether the text is a configuration; anything thrown but its problems fails the test. */
    private boolean isRead(String text) {
        try {
            reader.read(text, "upkeep.yaml", Path.of("/srv/shop"));
            return true;
        } catch (ConfigurationException e) {
            assertThat(e.problems()).as(text).isNotEmpty();
            return false;
        }
    }

    @Test
    void aFileCutOffAnywhereIsReadOrRefused() {
        long begin = System.nanoTime();
        for (int end = 0; end <= GoodFilesTest.SHOP.length(); end++) {
            isRead(GoodFilesTest.SHOP.substring(0, end));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(60));
    }

    @Test
    void aFileWithCharactersChangedIsReadOrRefused() {
        long seed = 20_26;
        Random random = new Random(seed);
        long begin = System.nanoTime();
        int read = 0;
        for (int round = 0; round < 3_000; round++) {
            StringBuilder text = new StringBuilder(GoodFilesTest.SHOP);
            for (int change = random.nextInt(1, 4); change > 0; change--) {
                int at = random.nextInt(text.length());
                String spice = SPICE.substring(random.nextInt(SPICE.length())).substring(0, 1);
                switch (random.nextInt(4)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, spice);
                    case 2 -> text.replace(at, at + 1, spice);
                    default -> text.delete(at, Math.min(text.length(), at + random.nextInt(80)));
                }
            }
            read += isRead(text.toString()) ? 1 : 0;
        }
        assertThat(read).as("files that survive, of 3,000").isBetween(1, 2_999);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(60));
    }
}
