package dev.upkeep.state;

import dev.upkeep.api.breaker.CircuitBreaker.Snapshot;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.event.TreeListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The breakers of the tree in the state directory: an open one is still open when the supervisor itself is started anew (C8).
 * Written after every change, on a thread of its own, at most every 100 ms; what a crash of this program loses is younger than
 * that. It can fail in every way, and the tree goes on without it.
 */
public final class KeptBreakers implements TreeListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(KeptBreakers.class);
    private static final String FILE = "breakers";
    private static final long LARGEST = 64L << 20;
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration LAST_WRITE = Duration.ofSeconds(5);

    private final DurableFile file;
    private final InstantSource clock;
    private final Map<String, Snapshot> restored;
    private final Semaphore changes = new Semaphore(0);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread writer = Thread.ofPlatform()
            .daemon()
            .name("upkeep-breakers")
            .unstarted(this::writeChanges);
    /** Set before the writer starts. */
    private Supplier<Map<String, Snapshot>> tree = Map::of;
    /** The writer's own: one log line for a disk that stays full. */
    private boolean failed;

    private KeptBreakers(DurableFile file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
        this.restored = read();
    }

    /** Reads what an earlier supervisor left. What cannot be read is moved aside to {@code breakers.bad}, and nothing is kept of it. */
    public static KeptBreakers in(StateLock state, InstantSource clock) {
        return new KeptBreakers(new DurableFile(state.directory().resolve(FILE)), clock);
    }

    /** Returns what was kept, with the time that has passed since then taken off; none if the clock went back. */
    public Map<String, Snapshot> restored() {
        return restored;
    }

    private Map<String, Snapshot> read() {
        try {
            if (Files.size(file.path()) > LARGEST) {
                throw new IllegalArgumentException("it is larger than " + LARGEST + " bytes");
            }
            BreakersText text = BreakersText.parse(Files.readString(file.path(), StandardCharsets.UTF_8));
            Duration passed = since(text.written());
            Map<String, Snapshot> later = new HashMap<>();
            text.breakers().forEach((name, snapshot) -> later.put(name, snapshot.after(passed)));
            return Map.copyOf(later);
        } catch (NoSuchFileException e) {
            return Map.of();
        } catch (IOException | IllegalArgumentException e) {
            moveAside(e);
            return Map.of();
        }
    }

    private Duration since(Instant written) {
        Duration passed = Duration.between(written, clock.instant());
        return passed.isNegative() ? Duration.ZERO : passed;
    }

    private void moveAside(Exception why) {
        Path aside = file.path().resolveSibling(FILE + ".bad");
        log.atWarn()
                .addKeyValue("file", file.path())
                .addKeyValue("movedTo", aside)
                .setCause(why)
                .log("the breakers that were kept cannot be read; all begin closed");
        try {
            Files.move(file.path(), aside, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            log.atWarn().addKeyValue("file", file.path()).setCause(e).log("it could not be moved aside");
        }
    }

    /**
     * Begins to write. Called once.
     *
     * @param snapshots what there is to keep; called on the writing thread
     */
    public void keep(Supplier<Map<String, Snapshot>> snapshots) {
        tree = snapshots;
        if (!restored.isEmpty()) {
            // Some of it may be there no more.
            changed();
        }
        writer.start();
    }

    @Override
    public void on(TreeEvent event) {
        if (event.kind() == EventKind.BREAKER_CHANGED) {
            changed();
        }
    }

    @Override
    public void lost(long events) {
        changed();
    }

    private void changed() {
        changes.release();
    }

    private void writeChanges() {
        try {
            while (closed.getCount() > 0) {
                changes.acquire();
                changes.drainPermits();
                write();
                closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            log.atDebug().log("interrupted, breakers are kept no more");
        }
        if (changes.drainPermits() > 0) {
            write();
        }
    }

    private void write() {
        try {
            file.write(new BreakersText(clock.instant(), tree.get()).text());
            failed = false;
        } catch (IOException | RuntimeException e) {
            if (!failed) {
                failed = true;
                log.atWarn()
                        .addKeyValue("file", file.path())
                        .addKeyValue("why", e)
                        .log("breakers could not be written down, and will be forgotten with this supervisor");
            }
        }
    }

    /** Writes what is not written yet, and ends; waits for a disk that hangs at most 5 s. */
    @Override
    public void close() {
        closed.countDown();
        changed();
        if (writer.getState() == Thread.State.NEW) {
            return;
        }
        try {
            writer.join(LAST_WRITE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
