package dev.upkeep.probe;

import dev.upkeep.api.health.DeadlineCheck;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A check of one plugin that a check of another one calls: it finds its own context loader all the same (X4). */
class GuestCheck implements HealthCheck {
    private final HealthCheck check;
    private final @Nullable ClassLoader loader;

    private GuestCheck(HealthCheck check, @Nullable ClassLoader loader) {
        this.check = check;
        this.loader = loader;
    }

    static HealthCheck of(HealthCheck check, @Nullable ClassLoader loader) {
        return check instanceof DeadlineCheck byDeadline
                ? new ByDeadline(byDeadline, loader)
                : new GuestCheck(check, loader);
    }

    @Override
    public Health probe() throws Exception {
        return atHome(check::probe);
    }

    @Override
    public void close() throws Exception {
        atHome(() -> {
            check.close();
            return true;
        });
    }

    final <T> T atHome(Callable<T> call) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return call.call();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static final class ByDeadline extends GuestCheck implements DeadlineCheck {
        private final DeadlineCheck check;

        ByDeadline(DeadlineCheck check, @Nullable ClassLoader loader) {
            super(check, loader);
            this.check = check;
        }

        @Override
        public long deadlineNanos() {
            return check.deadlineNanos();
        }
    }
}
