package dev.upkeep.tree;

import dev.upkeep.api.Reply;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.supervise.Action;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Predicate;

/**
 * What others see of a tree: its snapshot, its events, its answers. Gathered by the loop's owner while it decides, and
 * published by it once per batch: the snapshot first, so that it holds what events and answers say.
 */
final class Publication {
    private static final EventKind[] KINDS = EventKind.values();

    private record Answered(CompletableFuture<Reply> request, Reply reply) {}

    private final AtomicLongArray counts = new AtomicLongArray(KINDS.length);
    private final List<ListenerFeed> feeds = new CopyOnWriteArrayList<>();
    private final Waiters waiters = new Waiters();
    private final Executor askers;
    private volatile ChildStatus snapshot;
    private volatile long edition;

    // The owner's own.
    private final List<PublishedEvent> events = new ArrayList<>();
    private final List<Answered> answers = new ArrayList<>();
    private long sequence;

    /** @param askers runs what hangs on an answer */
    Publication(ChildStatus first, Executor askers) {
        this.snapshot = first;
        this.askers = askers;
    }

    ChildStatus snapshot() {
        return snapshot;
    }

    /** Returns a number that is another for each snapshot; whoever reads the snapshot after it has that one, or a newer. */
    long edition() {
        return edition;
    }

    long count(EventKind kind) {
        return counts.get(kind.ordinal());
    }

    void listen(ListenerFeed feed) {
        feeds.add(feed);
    }

    boolean await(Predicate<ChildStatus> wanted, long nanos) throws InterruptedException {
        return waiters.await(this::snapshot, wanted, nanos);
    }

    void emit(Action.Emit emit, Instant wall, long now) {
        sequence++;
        // One writer at a time: nothing has to be added atomically.
        int kind = emit.kind().ordinal();
        counts.setRelease(kind, counts.getPlain(kind) + 1);
        if (!feeds.isEmpty()) {
            events.add(new PublishedEvent(sequence, wall, now, emit));
        }
    }

    void answer(CompletableFuture<Reply> request, Reply reply) {
        answers.add(new Answered(request, reply));
    }

    /** Returns whether somebody waits for what was gathered. */
    boolean isUrgent() {
        return !answers.isEmpty() || waiters.areThere();
    }

    /** Makes all that was gathered known. */
    @SuppressWarnings({"ReferenceEquality", "NonAtomicOperationOnVolatileField"}) // an unchanged tree is the same object; one owner
    void publish(ChildStatus view) {
        if (view != snapshot) {
            snapshot = view;
            edition++;
            waiters.published(view);
        }
        if (!events.isEmpty()) {
            for (ListenerFeed feed : feeds) {
                feed.offer(events);
            }
            events.clear();
        }
        if (!answers.isEmpty()) {
            // What hangs on an answer is the asker's, and none of this thread's business.
            answers.forEach(a -> a.request.completeAsync(a::reply, askers));
            answers.clear();
        }
    }

    /** Hands the events over here and now, where listeners have no threads. */
    void handOver() {
        feeds.forEach(ListenerFeed::handOver);
    }

    /** Lets the listeners hear the last of it, all together at most a second. */
    void end() {
        feeds.forEach(ListenerFeed::close);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        feeds.forEach(feed -> feed.awaitEnd(deadline - System.nanoTime()));
    }

    void sendWaitersAway() {
        waiters.end();
    }
}
