package dev.upkeep.tree;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what a hearer of beats throws from whoever gave the beat, whose fault it is not; says it once. */
final class GuardedHearer implements LongConsumer {
    private static final Logger log = LoggerFactory.getLogger(GuardedHearer.class);

    private final String name;
    private final LongConsumer listener;
    private final AtomicBoolean failed = new AtomicBoolean();

    GuardedHearer(String name, LongConsumer listener) {
        this.name = name;
        this.listener = listener;
    }

    @Override
    public void accept(long arrivalNanos) {
        try {
            listener.accept(arrivalNanos);
        } catch (Throwable t) {
            if (failed.compareAndSet(false, true)) {
                log.atWarn()
                        .addKeyValue("check", name)
                        .setCause(t)
                        .log("a check failed when it heard a beat");
            }
            if (t instanceof OutOfMemoryError e) {
                throw e;
            }
        }
    }
}
