package com.example.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.example.queue.QueueDepthFactory.Settings;
import dev.upkeep.api.health.Health;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueueDepthTest {
    @TempDir
    private Path queue;

    @Test
    void isHealthyUpToTheFirstLimit() throws Exception {
        files(2);

        assertEquals(Health.healthy(), check(2, 4));
    }

    @Test
    void isDegradedAboveTheFirstLimit() throws Exception {
        files(3);

        assertEquals(Health.degraded("3 files wait in " + queue), check(2, 4));
    }

    @Test
    void isUnhealthyAboveTheSecondLimit() throws Exception {
        files(7);

        assertEquals(Health.unhealthy("more than 4 files wait in " + queue), check(2, 4));
    }

    @Test
    void isUnhealthyWithoutItsDirectory() throws Exception {
        Files.delete(queue);

        assertEquals(Health.unhealthy("there is no directory " + queue), check(2, 4));
    }

    @Test
    void refusesLimitsInTheWrongOrder() {
        var refused = assertThrows(IllegalArgumentException.class, () -> new Settings(queue, 4, Optional.of(4)));

        assertEquals("degradedAbove must be less than unhealthyAbove, 4, but is 4", refused.getMessage());
    }

    private Health check(int degradedAbove, int unhealthyAbove) throws IOException {
        return new QueueDepth(new Settings(queue, unhealthyAbove, Optional.of(degradedAbove))).probe();
    }

    private void files(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Files.createFile(queue.resolve("job-" + i));
        }
    }
}
