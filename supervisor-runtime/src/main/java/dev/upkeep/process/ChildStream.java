package dev.upkeep.process;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One of the two output streams of a child: its bytes become lines, messages and last words. One thread at a time. */
final class ChildStream implements LineSplitter.Lines {
    /** Of a line that came in pieces, so much is heard. */
    static final int LONGEST_HEARD = 64 * 1024;
    private static final byte[] NOTHING = {};

    private static final Logger log = LoggerFactory.getLogger(ChildStream.class);

    private final Launch launch;
    private final ChildEvents events;
    private final LastWords lastWords;
    private final boolean stderr;
    private final OutputSink sink;
    private final LineSplitter splitter = new LineSplitter(this);
    /** The pieces of a long line that somebody hears; empty between such lines. */
    private byte[] pieces = NOTHING;
    private boolean sinkFailed;

    ChildStream(Launch launch, ChildEvents events, LastWords lastWords, boolean stderr) {
        this(launch, events, lastWords, stderr, launch.output());
    }

    ChildStream(Launch launch, ChildEvents events, LastWords lastWords, boolean stderr, OutputSink sink) {
        this.launch = launch;
        this.events = events;
        this.lastWords = lastWords;
        this.stderr = stderr;
        this.sink = sink;
    }

    Launch launch() {
        return launch;
    }

    void feed(byte[] buffer, int offset, int length) {
        if (stderr) {
            // First, and raw: a sink that hangs must not keep them from the report of the exit.
            lastWords.add(buffer, offset, length);
        }
        splitter.feed(buffer, offset, length);
    }

    void end() {
        splitter.end();
    }

    @Override
    public void longLineEnded() {
        byte[] line = pieces;
        pieces = NOTHING;
        if (line.length > 0) {
            events.line(line, 0, line.length);
        }
    }

    private void hear(byte[] buffer, int offset, int length, boolean whole) {
        if (whole) {
            events.line(buffer, offset, length);
        } else {
            int begun = pieces.length;
            int more = Math.min(length, LONGEST_HEARD - begun);
            pieces = Arrays.copyOf(pieces, begun + more);
            System.arraycopy(buffer, offset, pieces, begun, more);
        }
    }

    @Override
    public void line(byte[] buffer, int offset, int length, boolean whole) {
        if (events.hearsLines()) {
            hear(buffer, offset, length, whole);
        }
        Optional<ChildMessage> message = whole && !stderr && MessageLine.matches(buffer, offset, length)
                ? ChildMessage.read(new String(buffer, offset, length, StandardCharsets.UTF_8))
                : Optional.empty();
        if (message.isPresent()) {
            events.message(message.get());
            return;
        }
        try {
            sink.line(stderr, buffer, offset, length);
        } catch (Throwable e) {
            if (!sinkFailed) {
                // Once per stream: it may fail for each of a million lines.
                sinkFailed = true;
                log.atError()
                        .addKeyValue("child", launch.path())
                        .setCause(e)
                        .log("lines of a child could not be delivered");
            }
        }
    }
}
