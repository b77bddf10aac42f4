package dev.upkeep.inject;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LineWriterTest {
    /** A terminal after Ctrl-S, until it is released. */
    private static final class Stopped extends OutputStream {
        final CountDownLatch release = new CountDownLatch(1);
        final CountDownLatch reached = new CountDownLatch(1);
        final ByteArrayOutputStream written = new ByteArrayOutputStream();

        @Override
        public void write(int b) {
            throw new AssertionError("whole blocks only");
        }

        @Override
        public void write(byte[] bytes) throws IOException {
            reached.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            written.write(bytes);
        }

        String text() {
            return written.toString(StandardCharsets.UTF_8);
        }
    }

    private static LineWriter writer(OutputStream out) {
        return new LineWriter(out, "test-writer", "the terminal");
    }

    private static final byte[] PREFIX = "web | ".getBytes(StandardCharsets.UTF_8);
    private static final byte[] LINE = "x".repeat(1000).getBytes(StandardCharsets.UTF_8);

    @Test
    void linesComeOutInOrderAndWhole() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LineWriter writer = writer(out)) {
            writer.line("one");
            writer.childLine(PREFIX, "..two..".getBytes(StandardCharsets.UTF_8), 2, 3);
            writer.line("three");
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("one\nweb | two\nthree\n");
    }

    @Test
    void p12_aTerminalThatDoesNotReadStopsNobodyAndWhatIsDroppedIsCounted() throws Exception {
        Stopped terminal = new Stopped();
        try (LineWriter writer = writer(terminal)) {
            writer.line("first");
            terminal.reached.await();
            int fits = (LineWriter.ROOM - 1) / (PREFIX.length + LINE.length + 1);
            for (int i = 0; i < fits + 500; i++) {
                writer.childLine(PREFIX, LINE, 0, LINE.length);
            }
            writer.line("an event still fits");
            terminal.release.countDown();
        }
        assertThat(terminal.text()).startsWith("first\n").contains("an event still fits\n");
        assertThat(terminal.text().lines().filter(l -> l.startsWith("web")).count()
                + droppedAccordingTo(terminal.text()))
                .isEqualTo((LineWriter.ROOM - 1) / (PREFIX.length + LINE.length + 1) + 500);
    }

    private static long droppedAccordingTo(String text) {
        return text.lines()
                .filter(l -> l.endsWith("lines could not be shown: the terminal did not read"))
                .mapToLong(l -> Long.parseLong(l.split(" ")[1]))
                .sum();
    }

    @Test
    void closingDoesNotWaitForeverForATerminalThatDoesNotRead() throws Exception {
        Stopped terminal = new Stopped();
        LineWriter writer = writer(terminal);
        writer.line("never seen");
        terminal.reached.await();
        long before = System.nanoTime();
        writer.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
        terminal.release.countDown();
    }

    @Test
    void aTerminalThatIsGoneIsWrittenToNoMore() {
        OutputStream gone = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        try (LineWriter writer = writer(gone)) {
            for (int i = 0; i < 10_000; i++) {
                writer.childLine(PREFIX, LINE, 0, LINE.length);
                writer.line("event " + i);
            }
        }
    }

    @Test
    void settlingWaitsForWhatWasTakenAndTheNextLineIsTakenAllTheSame() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LineWriter writer = writer(out);
        writer.settle();
        writer.line("one");
        writer.settle();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("one\n");
        writer.line("two");
        writer.close();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("one\ntwo\n");
    }
}
