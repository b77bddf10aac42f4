package dev.upkeep.api.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** O0. */
class StateDirectoryTest {
    private static Path resolve(Map<String, String> environment, boolean root) {
        return StateDirectory.resolve(Optional.empty(), environment, root, () -> "shop");
    }

    @Test
    void theOptionWinsOverTheVariableAndNeitherNeedsAName() {
        Map<String, String> environment = Map.of("UPKEEP_STATE", "/variable");

        assertThat(StateDirectory.resolve(Optional.of(Path.of("/option")), environment, true, () -> {
            throw new AssertionError("asked for the name");
        })).isEqualTo(Path.of("/option"));
        assertThat(StateDirectory.resolve(Optional.empty(), environment, true, () -> {
            throw new AssertionError("asked for the name");
        })).isEqualTo(Path.of("/variable"));
    }

    @Test
    void rootHasOneBelowVarLib() {
        assertThat(resolve(Map.of("HOME", "/root", "UPKEEP_STATE", ""), true))
                .isEqualTo(Path.of("/var/lib/upkeep/shop"));
    }

    @Test
    void anybodyElseHasOneBelowTheStateHome() {
        assertThat(resolve(Map.of("HOME", "/home/eve", "XDG_STATE_HOME", "/xdg"), false))
                .isEqualTo(Path.of("/xdg/upkeep/shop"));
        assertThat(resolve(Map.of("HOME", "/home/eve", "XDG_STATE_HOME", "not/absolute"), false))
                .isEqualTo(Path.of("/home/eve/.local/state/upkeep/shop"));
        assertThat(resolve(Map.of(), false).toString()).endsWith("/.local/state/upkeep/shop");
    }

    @Test
    void aFileWithoutANameIsNamedAfterItsDirectory() {
        assertThat(StateDirectory.nameFor(Path.of("/srv/my shop!/upkeep.yaml"))).isEqualTo("my-shop-");
        assertThat(StateDirectory.nameFor(Path.of("/srv/.hidden/upkeep.yaml"))).isEqualTo("hidden");
        assertThat(StateDirectory.nameFor(Path.of("/upkeep.yaml"))).isEqualTo("upkeep");
        assertThat(StateDirectory.nameFor(Path.of("/" + "a".repeat(200) + "/upkeep.yaml"))).hasSize(100);
    }
}
