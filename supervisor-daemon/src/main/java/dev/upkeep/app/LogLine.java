package dev.upkeep.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/** {@code 12:01:59.250 WARN  EventLog: exited child="web"}, and below it what was thrown, each with where it came from. */
final class LogLine extends LayoutBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

    private final ZoneId zone = ZoneId.systemDefault();

    @Override
    public String doLayout(ILoggingEvent event) {
        String logger = event.getLoggerName();
        String level = event.getLevel().toString();
        StringBuilder line = new StringBuilder(128)
                .append(TIME.format(Instant.ofEpochMilli(event.getTimeStamp()).atZone(zone)))
                .append(' ')
                .append(level)
                .append(" ".repeat(Math.max(1, 6 - level.length())))
                .append(logger, logger.lastIndexOf('.') + 1, logger.length())
                .append(": ")
                .append(event.getFormattedMessage());
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                line.append(' ').append(pair.key).append("=\"").append(pair.value).append('"');
            }
        }
        line.append('\n');
        IThrowableProxy thrown = event.getThrowableProxy();
        for (String caused = ""; thrown != null; caused = "Caused by: ", thrown = next(thrown)) {
            line.append(caused)
                    .append(thrown.getClassName())
                    .append(": ")
                    .append(thrown.getMessage())
                    .append('\n');
            if (thrown.getStackTraceElementProxyArray().length > 0) {
                line.append('\t').append(thrown.getStackTraceElementProxyArray()[0]).append('\n');
            }
        }
        return line.toString();
    }

    private static @Nullable IThrowableProxy next(IThrowableProxy thrown) {
        return thrown.isCyclic() ? null : thrown.getCause();
    }
}
