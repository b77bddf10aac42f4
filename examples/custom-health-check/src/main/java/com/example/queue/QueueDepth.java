package com.example.queue;

import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Counts the files that wait in a directory. */
final class QueueDepth implements HealthCheck {
    private final QueueDepthFactory.Settings settings;

    QueueDepth(QueueDepthFactory.Settings settings) {
        this.settings = settings;
    }

    @Override
    public Health probe() throws IOException {
        Path queue = settings.queue();
        long waiting;
        try (Stream<Path> files = Files.list(queue)) {
            // One more than allowed says enough: a queue of millions is not walked to its end.
            waiting = files.limit(settings.unhealthyAbove() + 1L).count();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Health.unhealthy("there is no directory " + queue);
        }
        if (waiting > settings.unhealthyAbove()) {
            return Health.unhealthy("more than " + settings.unhealthyAbove() + " files wait in " + queue);
        }
        if (settings.degradedAbove().filter(limit -> waiting > limit).isPresent()) {
            return Health.degraded(waiting + " files wait in " + queue);
        }
        return Health.healthy();
    }
}
