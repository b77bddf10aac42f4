package dev.upkeep.bench.tree;

import dev.upkeep.api.Component;
import dev.upkeep.api.ComponentContext;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.event.TreeListener;
import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The children under one supervisor, with all rules on and a listener that reads every event. */
final class UpkeepTree implements World {
    private static final Choice IMMEDIATE = Choice.of("immediate");

    /** Never spent, and the window short enough that what it has to remember is not what is measured. */
    private static final int BUDGET = 10_000_000;
    private static final Duration WINDOW = Duration.ofSeconds(1);
    private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

    private final SupervisorBuilder builder;
    private final Reader reader = new Reader();
    private @Nullable Supervisor supervisor;

    UpkeepTree(Flock flock, boolean group) {
        builder = Supervisor.named("bench")
                .strategy(group ? "one-for-all" : "one-for-one")
                .intensity(BUDGET, WINDOW)
                .listener(reader)
                .children("child", flock.size(),
                        i -> c -> c.component(() -> new Member(flock, i)).backoff(IMMEDIATE));
    }

    @Override
    public void start() {
        supervisor = builder.start();
    }

    Supervisor supervisor() {
        return Objects.requireNonNull(supervisor);
    }

    /** Returns how many events the listener has heard, and how many it has missed. */
    String heard() {
        return reader.heard.get() + " events heard, " + reader.lost.get() + " lost";
    }

    @Override
    public void close() {
        supervisor().close();
    }

    private record Member(Flock flock, int number) implements Component {
        @Override
        public void run(ComponentContext context) throws Exception {
            flock.live(number, () -> {
                while (!context.awaitStop(FOR_EVER)) {
                    Thread.onSpinWait();
                }
            });
        }
    }

    private static final class Reader implements TreeListener {
        final AtomicLong heard = new AtomicLong();
        final AtomicLong lost = new AtomicLong();

        @Override
        public void on(TreeEvent event) {
            if (!event.text().isEmpty() || event.cause().isPresent() || event.sequence() > 0) {
                heard.setRelease(heard.getPlain() + 1);
            }
        }

        @Override
        public void lost(long events) {
            lost.addAndGet(events);
        }
    }
}
