package dev.upkeep.control;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One connection, which carries one request and the one answer to it. Reading and writing are the door's thread's; all else
 * may be called on any thread, and does nothing once the connection is gone.
 */
final class Visit {
    private enum Step {
        READING, ANSWERING, WAITING, WRITING
    }

    private static final int WRITES_AT_ONCE = 16;
    private static final Answer TOO_MANY_DEAF = Answer.error(503, "busy",
            "too many clients do not read their answers; try again");

    private final Door door;
    private final SelectionKey key;
    private final SocketChannel channel;
    private final Duration life;
    private final long since = System.nanoTime();
    private final RequestReader reader = new RequestReader();
    @GuardedBy("this")
    private Step step = Step.READING;
    /** When the connection is closed, or while it waits, when the waiting is over; {@link System#nanoTime()}. */
    @GuardedBy("this")
    private long deadline;
    @GuardedBy("this")
    private @Nullable Runnable late;
    @GuardedBy("this")
    private boolean headOnly;
    private ByteBuffer answer = ByteBuffer.allocate(0);

    Visit(Door door, SelectionKey key, Duration life) {
        this.door = door;
        this.key = key;
        this.channel = (SocketChannel) key.channel();
        this.life = life;
        this.deadline = since + life.toNanos();
    }

    /** Reads what there is, once; returns the request when all of it has come. */
    Optional<Request> read(ByteBuffer transfer) throws IOException, RefusedException {
        if (channel.read(transfer.clear()) < 0) {
            throw new EOFException();
        }
        Optional<Request> request = reader.take(transfer.flip());
        if (request.isPresent()) {
            begin(request.get());
        }
        return request;
    }

    private synchronized void begin(Request request) {
        step = Step.ANSWERING;
        headOnly = request.method().equals("HEAD");
        key.interestOps(0);
    }

    /** Sends the answer; it has as much time again if the request has waited. A second answer is none. */
    void answer(Answer given) {
        Answer sent = door.hasRoomFor(given.body().length) ? given : TOO_MANY_DEAF;
        synchronized (this) {
            if (step == Step.WRITING) {
                return;
            }
            if (step == Step.WAITING) {
                deadline = System.nanoTime() + life.toNanos();
            }
            answer = sent.message(!headOnly);
            step = Step.WRITING;
            late = null;
            try {
                key.interestOps(SelectionKey.OP_WRITE);
            } catch (CancelledKeyException e) {
                return; // Nobody is there any more.
            }
        }
        door.look();
    }

    /** Writes what can be written, up to a part that keeps nobody else waiting; returns whether that was all. */
    synchronized boolean write(ByteBuffer transfer) throws IOException {
        // Through one small buffer: the JDK keeps a direct one as long as the longest array that was ever written.
        for (int i = 0; i < WRITES_AT_ONCE && answer.hasRemaining(); i++) {
            transfer.clear();
            int part = Math.min(transfer.remaining(), answer.remaining());
            transfer.put(answer.slice(answer.position(), part)).flip();
            answer.position(answer.position() + channel.write(transfer));
            if (transfer.hasRemaining()) {
                return false;
            }
        }
        return !answer.hasRemaining();
    }

    /** Returns how many bytes of an answer wait for the client. */
    synchronized int unread() {
        return step == Step.WRITING ? answer.remaining() : 0;
    }

    /**
     * Lets the request take longer than a connection may otherwise.
     *
     * @param late called once, on the door's thread, when it has taken that long; must not block
     * @return false if too many wait
     */
    boolean beginWaiting(Duration atMost, Runnable late) {
        return door.beginWaiting(this, atMost, late);
    }

    /** For the door alone. */
    synchronized void waitFor(Duration atMost, Runnable late) {
        if (step == Step.ANSWERING) {
            step = Step.WAITING;
            this.late = late;
            deadline = System.nanoTime() + atMost.toNanos();
        }
    }

    /** Where answers are made: never on the tree's threads, nor on the door's. */
    Executor workers() {
        return door.workers();
    }

    synchronized boolean isWaiting() {
        return step == Step.WAITING;
    }

    synchronized boolean isReading() {
        return step == Step.READING;
    }

    boolean isGone() {
        return !channel.isOpen();
    }

    long ageNanos() {
        return System.nanoTime() - since;
    }

    /** Ends what has taken too long; returns after how many nanoseconds to look again. */
    long expire() {
        Runnable end;
        synchronized (this) {
            long left = deadline - System.nanoTime();
            if (left > 0) {
                return left;
            }
            if (step != Step.WAITING) {
                close();
                return 0;
            }
            end = late;
            late = null;
            deadline = System.nanoTime() + life.toNanos(); // until the answer is made, which begins it anew
        }
        if (end != null) {
            end.run();
        }
        return life.toNanos();
    }

    /** Finds out whether anybody is at the other end; nothing is read while a request waits, so nobody notices. */
    boolean isDead() {
        try {
            // What is read here is lost, and may be: one connection has one request, and that has been read.
            return channel.read(ByteBuffer.allocate(256)) < 0;
        } catch (IOException e) {
            return true;
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Gone is gone.
            return;
        }
    }
}
