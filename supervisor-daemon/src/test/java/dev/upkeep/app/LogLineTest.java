package dev.upkeep.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LogLineTest {
    private static String line(@Nullable Throwable thrown, KeyValuePair... pairs) {
        LoggingEvent event = new LoggingEvent("", new LoggerContext().getLogger("dev.upkeep.tree.EventLog"),
                Level.WARN,
                "exited",
                thrown, null);
        for (KeyValuePair pair : pairs) {
            event.addKeyValuePair(pair);
        }
        return new LogLine().doLayout(event);
    }

    @Test
    void aLineHasTheTimeTheLevelWhoSaysItAndItsKeys() {
        assertThat(line(null, new KeyValuePair("child", "web"), new KeyValuePair("generation", 7)))
                .matches(
                        "\\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARN  EventLog: exited child=\"web\" generation=\"7\"\n");
        assertThat(line(null)).endsWith("WARN  EventLog: exited\n");
    }

    @Test
    void whatWasThrownIsToldWithItsCausesAndWhereTheyCameFrom() {
        assertThat(line(new IllegalStateException("no disk", new IOException("ENOSPC"))).lines().skip(1))
                .satisfiesExactly(l -> assertThat(l).isEqualTo("java.lang.IllegalStateException: no disk"),
                        l -> assertThat(l).startsWith("\tat dev.upkeep.app.LogLineTest."),
                        l -> assertThat(l).isEqualTo("Caused by: java.io.IOException: ENOSPC"),
                        l -> assertThat(l).startsWith("\tat dev.upkeep.app.LogLineTest."));
    }

    @Test
    void throwablesThatAreEachOthersCauseEnd() {
        IllegalStateException first = new IllegalStateException("first");
        first.initCause(new IllegalStateException("second", first));

        assertThat(line(first)).contains("first", "second").hasSizeLessThan(2_000);
    }
}
