package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ExitStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is heard of the lines of a child, beside what goes to its sink. */
final class ChildStreamTest {
    private final List<String> heard = new ArrayList<>();
    private final List<String> sunk = new ArrayList<>();
    private boolean hears = true;
    private final ProcessEvents events = new ProcessEvents() {
        @Override
        public void started(long pid) {}

        @Override
        public void refused(StartRefusal why) {}

        @Override
        public void leaderEnded(ExitStatus status, List<String> lastWords, boolean membersLeft) {}

        @Override
        public void gone() {}

        @Override
        public void beat() {}

        @Override
        public void message(ChildMessage message) {}

        @Override
        public boolean hearsLines() {
            return hears;
        }

        @Override
        public void line(byte[] buffer, int offset, int length) {
            heard.add(new String(buffer, offset, length, StandardCharsets.UTF_8));
        }
    };
    private final Launch launch = new Launch(new ChildPath("shop/api"), 1,
            ProcessSpec.of("api"),
            (stderr, buffer, offset, length) -> sunk
                    .add(new String(buffer, offset, length, StandardCharsets.UTF_8)));
    private final ChildStream stream = new ChildStream(launch, new ChildEvents(launch, events),
            new LastWords(), false);

    private void feed(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        stream.feed(bytes, 0, bytes.length);
    }

    @Test
    void linesAreHeardAndGoToTheSinkAndMessagesAreHeardToo() {
        feed("one\n{\"type\":\"heartbeat\"}\ntw");
        feed("o\n");

        assertThat(heard).containsExactly("one", "{\"type\":\"heartbeat\"}", "two");
        assertThat(sunk).containsExactly("one", "two");
    }

    @Test
    void aLineOfJsonThatSaysNothingToTheSupervisorIsOutput() {
        String log = "{\"type\":\"request\",\"url\":\"/\"}";
        feed(log + "\n{\"type\":5}\n");

        assertThat(sunk).containsExactly(log, "{\"type\":5}");
    }

    @Test
    void aLongLineIsHeardAsOneUpTo64KibibytesWhileTheSinkGetsPieces() {
        int piece = LineSplitter.LONGEST_LINE;
        feed("a".repeat(piece + 5) + "end\nnext\n");
        feed("b".repeat(2 * piece));
        feed("\n");
        feed("c".repeat(100_000) + "\n");
        feed("d".repeat(piece));
        stream.end();

        assertThat(heard).containsExactly("a".repeat(piece + 5) + "end", "next", "b".repeat(2 * piece),
                "c".repeat(ChildStream.LONGEST_HEARD), "d".repeat(piece));
        assertThat(sunk.getFirst()).hasSize(piece);
    }

    @Test
    void nothingIsHeardWhereNobodyListensAndItsSinkGetsAll() {
        hears = false;
        feed("one\n" + "b".repeat(20_000) + "\n");

        assertThat(heard).isEmpty();
        assertThat(sunk).hasSize(3);
    }
}
