package dev.upkeep.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.supervise.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;

class EventLogTest {
    private final Lines lines = new Lines();
    private final List<Runnable> timers = new ArrayList<>();
    private long now;
    private final EventLog log = new EventLog(lines, () -> now, (delay, task) -> {
        assertThat(delay).isEqualTo(Duration.ofSeconds(1));
        timers.add(task);
        return () -> timers.remove(task);
    });

    private void happens(EventKind kind, String id, Optional<Cause> cause) {
        log.on(new PublishedEvent(1, Instant.EPOCH, now, new Action.Emit(kind, new ChildPath("shop/" + id), 3,
                () -> "as it was", cause, Optional.empty(), Optional.empty(), List.of(),
                Optional.empty())));
    }

    private void crashes(String id) {
        happens(EventKind.EXITED, id, Optional.of(Cause.crashed(new IllegalStateException("x"))));
    }

    private void secondsPass(int seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
        List<Runnable> due = List.copyOf(timers);
        timers.clear();
        due.forEach(Runnable::run);
    }

    @Test
    void oneLineForWhatAnOperatorCaresAboutAndNoneForTheRest() {
        crashes("web");
        happens(EventKind.RESTARTED, "web", Optional.empty());
        happens(EventKind.STARTED, "web", Optional.empty());
        happens(EventKind.READY, "web", Optional.empty());
        happens(EventKind.EXITED, "web", Optional.of(Cause.requested()));

        assertThat(lines.written).containsExactly("WARN child=web generation=3 what=as it was exited",
                "INFO child=web generation=3 what=as it was restarted");
    }

    @Test
    @DisplayName("E3 a thousand crashes of one child in a second are five lines and a sum")
    void aChildThatCrashesAllTheTimeIsWrittenAboutSometimes() {
        for (int i = 0; i < 1000; i++) {
            crashes("web");
        }
        assertThat(lines.written).hasSize(5);
        secondsPass(1);
        assertThat(lines.written).hasSize(6)
                .last()
                .asString()
                .isEqualTo("WARN leftOut=995 more events than lines: some were left out");
        crashes("web");
        assertThat(lines.written).hasSize(7);
    }

    @Test
    @DisplayName("E3 a thousand children that crash in a second are a hundred lines and a sum")
    void manyChildrenThatCrashAtOnceAreWrittenAboutInPart() {
        for (int i = 0; i < 1000; i++) {
            crashes("web-" + i);
        }
        assertThat(lines.written).hasSize(100);
        secondsPass(1);
        assertThat(lines.written).hasSize(101).last().asString().contains("leftOut=900");
        secondsPass(10);
        assertThat(lines.written).hasSize(101);
    }

    @Test
    @DisplayName("E3 one child's crashes do not hide another's")
    void othersAreStillWrittenAbout() {
        for (int i = 0; i < 1000; i++) {
            crashes("web");
        }
        crashes("db");
        assertThat(lines.written).last().asString().contains("child=db");
    }

    @Test
    @DisplayName("E2 events that the log itself was too slow for are in the sum")
    void whatWasLostIsSummedUp() {
        log.lost(7);
        log.lost(3);
        secondsPass(1);
        assertThat(lines.written).containsExactly(
                "WARN leftOut=10 more events than lines: some were left out");
    }

    /** Keeps lines as level and text. */
    private static final class Lines extends LegacyAbstractLogger {
        private static final long serialVersionUID = 1L;
        private final transient List<String> written = new ArrayList<>();

        @Override
        protected @Nullable String getFullyQualifiedCallerName() {
            return null;
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level,
                @Nullable Marker marker,
                String message,
                Object @Nullable [] arguments,
                @Nullable Throwable throwable) {
            written.add(level + " " + message);
        }

        @Override
        public boolean isTraceEnabled() {
            return true;
        }

        @Override
        public boolean isDebugEnabled() {
            return true;
        }

        @Override
        public boolean isInfoEnabled() {
            return true;
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }
    }
}
