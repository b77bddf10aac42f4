package dev.upkeep.app;

import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.event.TreeListener;
import dev.upkeep.inject.LineWriter;
import dev.upkeep.inject.Output;
import dev.upkeep.process.OutputSink;
import dev.upkeep.supervise.InstanceId;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What a person sees on the terminal of {@code upkeep run}: every event in a line of its own, and what the children
 * write, each line with its child's name.
 */
final class TerminalView implements Output, TreeListener, AutoCloseable {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
    private static final int NAME_WIDTH = 14;

    private final LineWriter writer;
    private final ZoneId zone;
    private final InstantSource clock;
    /** Children whose last word on their health was a bad one. Only the listener's thread touches it. */
    private final Set<ChildPath> unwell = new HashSet<>();
    private volatile UnaryOperator<String> mask = UnaryOperator.identity();

    TerminalView(OutputStream out, ZoneId zone, InstantSource clock) {
        this.writer = new LineWriter(out, "upkeep-terminal", "the terminal");
        this.zone = zone;
        this.clock = clock;
    }

    static TerminalView ofThisProcess() {
        return new TerminalView(new FileOutputStream(FileDescriptor.out), ZoneId.systemDefault(),
                InstantSource.system());
    }

    /** Hides secrets in events from now on. */
    void mask(UnaryOperator<String> secrets) {
        mask = secrets;
    }

    @Override
    public void on(TreeEvent event) {
        if (event.kind() == EventKind.HEALTH_CHANGED && !isNews(event)) {
            return;
        }
        say(TIME.format(event.at().atZone(zone)), event.path().shortValue(), mask.apply(event.text()));
        if (event.cause().flatMap(Cause::throwable).isPresent()) {
            // What a process said last has been seen as it said it; a component's stack trace has not.
            event.lastWords().forEach(words -> say(" ".repeat(12), event.path().shortValue(), "  " + words));
        }
    }

    /** A first good answer goes without saying; one that follows a bad one does not. */
    private boolean isNews(TreeEvent event) {
        return event.text().equals("health is healthy")
                ? unwell.remove(event.path())
                : noteUnwell(event.path());
    }

    private boolean noteUnwell(ChildPath path) {
        unwell.add(path);
        return true;
    }

    @Override
    public void lost(long events) {
        tell(events + " events came too fast to be shown");
    }

    /** Says something that is about no child. */
    void tell(String text) {
        say(TIME.format(clock.instant().atZone(zone)), "upkeep", mask.apply(text));
    }

    private void say(String time, String name, String text) {
        writer.line(time + " " + padded(name) + " " + harmless(text));
    }

    private static String padded(String name) {
        return name.length() >= NAME_WIDTH ? name : name + " ".repeat(NAME_WIDTH - name.length());
    }

    /** Keeps what a child said from moving the cursor or ringing the bell. */
    private static String harmless(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) && c != '\t' ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** Passes the bytes of a child on as they are: colours are its own affair. */
    @Override
    public OutputSink of(InstanceId instance) {
        byte[] prefix = (" ".repeat(13) + padded(instance.path().shortValue()) + " | ")
                .getBytes(StandardCharsets.UTF_8);
        return (stderr, buffer, offset, length) -> writer.childLine(prefix, buffer, offset, length);
    }

    /** Shows what is left to be shown. */
    @Override
    public void close() {
        writer.close();
    }
}
