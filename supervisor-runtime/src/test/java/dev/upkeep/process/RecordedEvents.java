package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.ResourceUse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** Remembers what was told of one start, and its output. */
class RecordedEvents implements ProcessEvents, OutputSink {
    static final Duration DEADLINE = Duration.ofSeconds(20);

    record End(ExitStatus status, Optional<ResourceUse> used, List<String> lastWords, boolean membersLeft) {}

    private final List<String> order = new ArrayList<>();
    private final List<String> out = new ArrayList<>();
    private final List<String> err = new ArrayList<>();
    private final List<byte[]> raw = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> strayed = new ArrayList<>();
    private final List<ChildMessage> messages = new ArrayList<>();
    private final AtomicInteger inside = new AtomicInteger();
    private long pid;
    private final List<String> words = new ArrayList<>();
    private int beats;
    private boolean overlapped;
    private Optional<StartRefusal> refusal = Optional.empty();
    private Optional<ResourceUse> used = Optional.empty();
    private Optional<End> end = Optional.empty();

    @Override
    public void started(long itsPid) {
        note("started", () -> pid = itsPid);
    }

    @Override
    public void refused(StartRefusal why) {
        note("refused", () -> refusal = Optional.of(why));
    }

    @Override
    public synchronized void used(ResourceUse use) {
        used = Optional.of(use);
    }

    @Override
    public void leaderEnded(ExitStatus status, List<String> lastWords, boolean membersLeft) {
        note("leaderEnded", () -> end = Optional.of(new End(status, used, lastWords, membersLeft)));
    }

    @Override
    public void gone() {
        note("gone", () -> {});
    }

    @Override
    public synchronized void beat() {
        beats++;
    }

    @Override
    public synchronized void beatFailed() {
        words.add("beat failed");
    }

    @Override
    public synchronized void ready(boolean value) {
        words.add(value ? "ready" : "not ready");
    }

    @Override
    public synchronized void extended(Duration time) {
        words.add("extended " + time);
    }

    @Override
    public synchronized void said(String text) {
        words.add("said " + text);
    }

    /** What it said itself, but for its beats. */
    synchronized List<String> words() {
        return List.copyOf(words);
    }

    RecordedEvents awaitWord(String word) {
        return awaitThat("the word '" + word + "'", events -> events.words().contains(word));
    }

    synchronized int beats() {
        return beats;
    }

    @Override
    public synchronized void outputDropped(String text) {
        notes.add(text);
    }

    /** Returns what was said of its output. */
    synchronized List<String> notes() {
        return List.copyOf(notes);
    }

    @Override
    public void message(ChildMessage message) {
        synchronized (this) {
            messages.add(message);
        }
    }

    @Override
    public synchronized void line(boolean stderr, byte[] buffer, int offset, int length) {
        byte[] line = Arrays.copyOfRange(buffer, offset, offset + length);
        raw.add(line);
        (stderr ? err : out).add(new String(line, StandardCharsets.UTF_8));
    }

    @Override
    public synchronized void strayed(String text) {
        strayed.add(text);
    }

    synchronized List<String> strayed() {
        return List.copyOf(strayed);
    }

    private void note(String event, Runnable what) {
        boolean first = inside.incrementAndGet() == 1;
        synchronized (this) {
            overlapped |= !first;
            order.add(event);
            what.run();
        }
        inside.decrementAndGet();
    }

    synchronized long pid() {
        return pid;
    }

    synchronized List<String> order() {
        return List.copyOf(order);
    }

    synchronized List<String> out() {
        return List.copyOf(out);
    }

    synchronized List<String> err() {
        return List.copyOf(err);
    }

    synchronized List<byte[]> raw() {
        return List.copyOf(raw);
    }

    synchronized List<ChildMessage> messages() {
        return List.copyOf(messages);
    }

    synchronized StartRefusal refusal() {
        return refusal.orElseThrow();
    }

    synchronized End end() {
        return end.orElseThrow(() -> new AssertionError("not ended: " + order));
    }

    synchronized boolean overlapped() {
        return overlapped;
    }

    RecordedEvents awaitThat(String what, Predicate<RecordedEvents> condition) {
        Awaitility.await(what)
                .atMost(DEADLINE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> condition.test(this));
        return this;
    }

    RecordedEvents awaitTold(String event) {
        return awaitThat(event, events -> events.order().contains(event));
    }

    RecordedEvents awaitOut(String line) {
        return awaitThat("output '" + line + "'", events -> events.out().contains(line));
    }

    /** Waits until it is gone, and holds that everything came once and in order. */
    RecordedEvents awaitGone() {
        awaitTold("gone");
        assertThat(order()).containsExactly("started", "leaderEnded", "gone");
        assertThat(overlapped()).isFalse();
        return this;
    }
}
