package dev.upkeep.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Lines on their way to checks. Hearers have real threads, so what they hear is awaited. */
final class LineFeedTest {
    private static final Pattern ANY = Pattern.compile("");

    private final Vitals vitals = new Vitals();
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    private void write(String line) {
        byte[] bytes = ("##" + line + "##").getBytes(StandardCharsets.UTF_8);
        vitals.line(bytes, 2, bytes.length - 4);
    }

    private void hear(String pattern) {
        vitals.onLine("lines-test", Pattern.compile(pattern), heard::add);
    }

    private String next() throws InterruptedException {
        String line = heard.poll(20, TimeUnit.SECONDS);
        assertThat(line).as("a line within 20 s").isNotNull();
        return String.valueOf(line);
    }

    @Test
    void whatWasWrittenBeforeAnybodyListenedIsHeardOnceAndFirst() throws Exception {
        vitals.keepLines();
        write("listening on 8080");
        write("grüß dich");
        hear("");
        write("later");

        assertThat(List.of(next(), next(), next())).containsExactly("listening on 8080", "grüß dich",
                "later");
        write("end");
        assertThat(next()).isEqualTo("end");
    }

    @Test
    void onlyLinesThatThePatternFindsAreHeardAndByAllWhoAsked() throws Exception {
        BlockingQueue<String> other = new LinkedBlockingQueue<>();
        vitals.keepLines();
        hear("^listening");
        vitals.onLine("other", Pattern.compile("8080$"), other::add);
        write("not listening");
        write("listening on 8080");
        write("listening");

        assertThat(List.of(next(), next())).containsExactly("listening on 8080", "listening");
        assertThat(other.poll(20, TimeUnit.SECONDS)).isEqualTo("listening on 8080");
    }

    @Test
    void onceAllChecksAreMadeWhatWasKeptIsGoneAndWithoutHearersLinesAreOfNoUse() throws Exception {
        vitals.keepLines();
        assertThat(vitals.hearsLines()).isTrue();
        write("early");
        vitals.checksMade();
        assertThat(vitals.hearsLines()).isFalse();
        hear("");
        assertThat(vitals.hearsLines()).isTrue();
        write("late");

        assertThat(next()).isEqualTo("late");
    }

    @Test
    void nothingIsKeptOrHeardWhereNoLinesWillCome() {
        assertThat(vitals.hearsLines()).isFalse();
        hear("");
        write("of a component");
        vitals.endLines();
        vitals.checksMade();

        assertThat(vitals.hearsLines()).isFalse();
        assertThat(heard).isEmpty();
    }

    @Test
    void itEndsWithTheInstanceAlsoForWhoComesLater() {
        vitals.keepLines();
        vitals.endLines();
        hear("");
        write("of a grandchild that holds the pipe");

        assertThat(vitals.hearsLines()).isFalse();
        assertThat(heard).isEmpty();
    }

    @Test
    void s5_afterItIsRevokedNothingIsHeard() {
        vitals.keepLines();
        vitals.revoke();
        hear("");
        write("of the abandoned");

        assertThat(vitals.hearsLines()).isFalse();
        assertThat(heard).isEmpty();
    }

    @Test
    void keepsTheFirst256KibibytesHoweverShortTheLinesAreAndCountsTheRest() {
        KeptLines kept = new KeptLines();
        byte[] line = {'x'};
        for (int i = 0; i < 200_000; i++) {
            kept.add(line, 0, i % 2);
        }
        int[] count = {0};
        kept.forEach(text -> count[0]++);

        assertThat(kept.dropped()).isEqualTo(200_000L - count[0]);
        // One byte and two by turns; a last empty line finds room where "x" does not.
        assertThat(count[0]).isBetween(KeptLines.MOST_BYTES * 2 / 3, KeptLines.MOST_BYTES * 2 / 3 + 1);
    }

    @Test
    void aListenerThatHangsHoldsUpNobodyAndWhatItMissesIsCounted() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger count = new AtomicInteger();
        LineHearer slow = new LineHearer("slow", ANY, line -> {
            count.incrementAndGet();
            hangs.countDown();
            awaitQuietly(release);
        }, new KeptLines());
        byte[] line = "y".repeat(1023).getBytes(StandardCharsets.UTF_8);
        slow.offer(line, 0, line.length);
        assertThat(hangs.await(20, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 300; i++) {
            slow.offer(line, 0, line.length);
        }

        assertThat(slow.lost()).isEqualTo(300 - 256);
        release.countDown();
        await().atMost(20, TimeUnit.SECONDS).until(() -> count.get() == 257);
        assertThat(slow.lost()).isEqualTo(300 - 256);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aPatternThatBacktracksWithoutEndIsGivenUpForThatLineAndKeepsNobodyWaiting() throws Exception {
        vitals.keepLines();
        hear("(x+x+)+(?:y|ready)");
        BlockingQueue<String> other = new LinkedBlockingQueue<>();
        vitals.onLine("other", ANY, other::add);
        String bomb = "x".repeat(5_000) + "z";
        write(bomb);
        write("xx ready xxready");

        assertThat(other.poll(20, TimeUnit.SECONDS)).isEqualTo(bomb);
        assertThat(next()).as("the line after it").isEqualTo("xx ready xxready");
    }

    @Test
    void aPatternThatOverflowsTheStackOnlyMissesThatLine() throws Exception {
        vitals.keepLines();
        hear("^(?:a|bb?)*c$");
        write("a".repeat(60_000));
        write("ac");

        assertThat(next()).isEqualTo("ac");
    }

    @Test
    void aListenerThatThrowsHearsTheNextLineAllTheSame() throws Exception {
        vitals.keepLines();
        vitals.onLine("throws", ANY, line -> {
            heard.add(line);
            throw new AssertionError("on purpose");
        });
        write("one");
        write("two");

        assertThat(List.of(next(), next())).containsExactly("one", "two");
    }
}
