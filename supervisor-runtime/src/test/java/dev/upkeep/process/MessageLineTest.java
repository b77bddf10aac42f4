package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageLineTest {
    private static boolean matches(String line) {
        // What lies around the line must not count.
        byte[] bytes = ("\"type\"}" + line + "\"type\"}").getBytes(StandardCharsets.UTF_8);
        return MessageLine.matches(bytes, 7, bytes.length - 14);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":\"heartbeat\"}", "{\"n\":1, \"type\" : \"x\"}", "{\"type\":1}\r",
            "{\"type\":1}  "})
    void takesObjectsWithAType(String line) {
        assertThat(matches(line)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}", "plain", "[\"type\"]", "{\"kind\":1}", "{\"type\":1",
            " {\"type\":1}", "{\"typ", "{\"type\":1} tail"})
    void leavesTheRestToTheOutput(String line) {
        assertThat(matches(line)).isFalse();
    }
}
