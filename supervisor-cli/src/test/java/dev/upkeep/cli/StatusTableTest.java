package dev.upkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusTableTest {
    private static Child child(String rest) {
        String json = "{\"path\":\"shop/api\",\"state\":\"running\",\"health\":\"healthy\"" + rest + "}";
        return new Child(Json.read(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static String ready(String rest) {
        String table = new StatusTable(false).of(List.of(child(rest)), Instant.EPOCH);
        return table.lines().toList().get(1).split(" +", -1)[2];
    }

    @Test
    void h9AChildThatIsWellButFellTooOftenIsShownAsFlapping() {
        assertThat(ready(",\"ready\":false,\"flapping\":true")).isEqualTo("flapping");
        assertThat(ready(",\"ready\":false,\"flapping\":false")).isEqualTo("no");
        assertThat(ready(",\"ready\":true,\"flapping\":false")).isEqualTo("yes");
    }

    @Test
    void anEarlierSupervisorThatKnowsNothingOfFlappingIsUnderstood() {
        assertThat(ready(",\"ready\":true")).isEqualTo("yes");
    }
}
