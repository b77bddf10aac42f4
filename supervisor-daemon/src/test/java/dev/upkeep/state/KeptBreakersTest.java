package dev.upkeep.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker.Snapshot;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.settings.Choice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeptBreakersTest {
    private static final ChildPath WEB = new ChildPath("shop/web");
    private static final Instant WRITTEN = Instant.parse("2026-03-04T05:06:07.5Z");
    private static final Snapshot OPEN = new Snapshot(BreakerState.OPEN, 2,
            Optional.of(Duration.ofSeconds(90)), "5 failures in a row");

    private static final Duration AGES = Duration.ofSeconds(90);

    @TempDir
    private Path directory;

    private StateLock lock;

    @BeforeEach
    void take() throws Exception {
        lock = StateLock.take(directory.resolve("state"), new Holder("shop", 1, Instant.EPOCH));
    }

    @AfterEach
    void give() throws Exception {
        lock.close();
    }

    private Path file() {
        return lock.directory().resolve("breakers");
    }

    private void write(String text) throws Exception {
        Files.writeString(file(), text);
    }

    private KeptBreakers at(Instant now) {
        return KeptBreakers.in(lock, () -> now);
    }

    /** A tree whose only child fails at every start, and whose breaker opens at the first. */
    private Supervisor shop(KeptBreakers kept, AtomicInteger starts) {
        Supervisor shop = Supervisor.named("shop")
                .onStartFailure(SupervisorSpec.OnStartFailure.KEEP_TRYING)
                .breaker("db", Choice.of("consecutive"))
                .child("web", c -> c.component(() -> {
                    starts.incrementAndGet();
                    throw new IllegalStateException("no disk");
                }).breaker(BreakerUse.shared("db")))
                .listener(kept)
                .restoredBreakers(kept.restored())
                .start();
        kept.keep(shop::breakerSnapshots);
        return shop;
    }

    private static ChildStatus suspended(Supervisor shop) {
        await().until(() -> shop.status(WEB).orElseThrow().actual() == ActualState.SUSPENDED);
        return shop.status(WEB).orElseThrow();
    }

    @Test
    @DisplayName("C8 an open breaker is still open after the supervisor itself was restarted, and nothing was tried")
    void c8_anOpenBreakerIsStillOpenAfterTheSupervisorWasRestarted() throws Exception {
        AtomicInteger starts = new AtomicInteger();
        Instant trial;
        try (KeptBreakers kept = KeptBreakers.in(lock, Instant::now)) {
            try (Supervisor shop = shop(kept, starts)) {
                for (int i = 0; i < 5; i++) {
                    shop.breaker("db").orElseThrow().tryAcquire().ifPresent(permit -> permit.failure(null));
                }
                trial = suspended(shop).next().orElseThrow().at().orElseThrow();
                await().until(() -> Files.exists(file()) && Files.readString(file()).contains("db\topen"));
            }
        }
        int before = starts.get();

        try (KeptBreakers kept = KeptBreakers.in(lock, Instant::now);
                Supervisor shop = shop(kept, starts)) {
            ChildStatus web = suspended(shop);
            assertThat(shop.breaker("db").orElseThrow().view().state()).isEqualTo(BreakerState.OPEN);
            assertThat(web.next().orElseThrow().at().orElseThrow())
                    .isCloseTo(trial, within(2, ChronoUnit.SECONDS));
            assertThat(starts).hasValue(before);
        }
    }

    @Test
    @DisplayName("C8 what was kept has the time taken off that has passed since")
    void theTimeThatHasPassedIsTakenOff() throws Exception {
        write(new BreakersText(WRITTEN, Map.of("db", OPEN)).text());

        assertThat(at(WRITTEN.plusSeconds(30)).restored()).isEqualTo(Map.of("db",
                new Snapshot(BreakerState.OPEN, 2, Optional.of(Duration.ofSeconds(60)),
                        "5 failures in a row")));
        assertThat(at(WRITTEN.plusSeconds(3_000)).restored()).isEqualTo(Map.of("db", OPEN.after(AGES)));
        assertThat(at(WRITTEN.minusSeconds(3_000)).restored()).as("a clock that went back")
                .isEqualTo(Map.of("db", OPEN));
    }

    @Test
    void everyStateIsReadAsItWasWritten() throws Exception {
        Map<String, Snapshot> all = Map.of("db", OPEN, "shop/web",
                new Snapshot(BreakerState.OPEN, 0, Optional.empty(), ""), "off",
                new Snapshot(BreakerState.DISABLED, 0, Optional.empty(), "by hand: şüphe"), "forced",
                new Snapshot(BreakerState.FORCED_OPEN, 1, Optional.empty(), ""), "seen",
                new Snapshot(BreakerState.METRICS_ONLY, 1, Optional.empty(), ""), "climbs",
                new Snapshot(BreakerState.CLOSED, 3, Optional.empty(), ""));
        write(new BreakersText(WRITTEN, all).text());

        assertThat(at(WRITTEN).restored()).isEqualTo(all);
    }

    @Test
    void aReasonIsOneLineAndABreakerWithNothingToRememberNone() {
        String text = new BreakersText(WRITTEN, Map.of(
                "db", new Snapshot(BreakerState.FORCED_OPEN, 0, Optional.empty(),
                        "a\tb\nc\u0000" + "x".repeat(10_000)),
                "well", new Snapshot(BreakerState.CLOSED, 0, Optional.empty(), ""))).text();

        assertThat(BreakersText.parse(text).breakers()).containsOnlyKeys("db");
        assertThat(text).contains("\ta b c xxx").hasSizeLessThan(600);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "rubbish", "upkeep-breakers 1 yesterday\n",
            "upkeep-breakers 2 2026-03-04T05:06:07Z\n",
            "upkeep-breakers 1 2026-03-04T05:06:07Z\ndb\topen\t1\t5\n",
            "upkeep-breakers 1 2026-03-04T05:06:07Z\ndb\topen\t-1\t5\tx\n",
            "upkeep-breakers 1 2026-03-04T05:06:07Z\ndb\topen\t1\t-5\tx\n",
            "upkeep-breakers 1 2026-03-04T05:06:07Z\ndb\topen\t1\t99999999999999999999\tx\n",
            "upkeep-breakers 1 2026-03-04T05:06:07Z\ndb\thalf-open\t1\t5\tx\n",
            "upkeep-breakers 1 2026-03-04T05:06:07Z\ndb\tajar\t1\t5\tx\n",
            "upkeep-breakers 1 2026-03-04T05:06:07Z\ndb\topen\t1\t5\tx\ndb\topen\t1\t5\tx\n"})
    void aBadFileIsMovedAsideAndTheSupervisorGoesOnWithoutIt(String text) throws Exception {
        write(text);

        assertThat(at(WRITTEN).restored()).isEmpty();
        assertThat(file()).doesNotExist();
        assertThat(lock.directory().resolve("breakers.bad")).hasContent(text);
    }

    @Test
    void bytesThatAreNoTextAreABadFileToo() throws Exception {
        Files.write(file(), new byte[]{(byte) 0xff, (byte) 0xfe, 0, 1});

        assertThat(at(WRITTEN).restored()).isEmpty();
        assertThat(file()).doesNotExist();
    }

    @Test
    @DisplayName("P16 the file is its owner's alone, and replaced as a whole")
    void theFileIsItsOwnersAlone() throws Exception {
        try (KeptBreakers kept = at(WRITTEN)) {
            kept.keep(() -> Map.of("db", OPEN));
            kept.lost(1);
            await().until(() -> Files.exists(file()));
        }

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(lock.directory().resolve("breakers.new")).doesNotExist();
        assertThat(at(WRITTEN).restored()).isEqualTo(Map.of("db", OPEN));
    }

    @Test
    void whatCannotBeWrittenDownHoldsUpNothing() throws Exception {
        Files.createDirectories(lock.directory().resolve("breakers.new").resolve("in-the-way"));
        AtomicInteger asked = new AtomicInteger();
        try (KeptBreakers kept = at(WRITTEN)) {
            kept.keep(() -> {
                asked.incrementAndGet();
                return Map.of("db", OPEN);
            });
            kept.lost(1);
            await().until(() -> asked.get() > 0);
            int before = asked.get();
            kept.lost(1);
            await().until(() -> asked.get() > before);
        }

        assertThat(file()).doesNotExist();
    }

    @Test
    void withoutAFileThereIsNothingToRestoreAndWhatNeverBeganEndsAtOnce() {
        try (KeptBreakers kept = at(WRITTEN)) {
            assertThat(kept.restored()).isEmpty();
        }
        assertThat(file()).doesNotExist();
    }
}
