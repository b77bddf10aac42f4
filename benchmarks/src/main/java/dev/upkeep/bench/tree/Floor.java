package dev.upkeep.bench.tree;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Bare virtual threads: no state, no rules, no events. When one dies another is started. */
abstract class Floor implements World {
    final boolean group;
    final Bird[] birds;
    private final Flock flock;
    private final AtomicInteger alive;
    private final CountDownLatch gone = new CountDownLatch(1);
    volatile boolean closing;

    Floor(Flock flock, boolean group) {
        this.flock = flock;
        this.group = group;
        this.alive = new AtomicInteger(flock.size());
        this.birds = new Bird[flock.size()];
        for (int i = 0; i < birds.length; i++) {
            birds[i] = new Bird(this, i);
        }
    }

    /** Called on the thread that dies, as the last thing it does. */
    abstract void died(Bird bird);

    final void startAll() {
        for (Bird bird : birds) {
            bird.stop = false;
            bird.start();
        }
    }

    final void stopAllBut(@Nullable Bird dead) {
        for (int i = birds.length - 1; i >= 0; i--) {
            if (birds[i] != dead) {
                birds[i].stop();
            }
        }
    }

    final void leave() {
        if (alive.decrementAndGet() == 0) {
            gone.countDown();
        }
    }

    @Override
    public void close() {
        closing = true;
        stopAllBut(null);
        try {
            if (birds.length > 0) {
                gone.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One child: the same object for all its threads. */
    static final class Bird implements Runnable, World.Parking {
        private final Floor floor;
        private final int number;
        private volatile @Nullable Thread thread;
        private volatile boolean stop;

        Bird(Floor floor, int number) {
            this.floor = floor;
            this.number = number;
        }

        void start() {
            Thread next = Thread.ofVirtual().unstarted(this);
            thread = next;
            next.start();
        }

        void stop() {
            stop = true;
            LockSupport.unpark(thread);
        }

        @Override
        public void run() {
            try {
                floor.flock.live(number, this);
            } catch (Exception e) {
                // It died; that is all there is to know.
            }
            if (floor.closing) {
                floor.leave();
            } else {
                floor.died(this);
            }
        }

        @Override
        public void untilStop() throws InterruptedException {
            while (!stop) {
                LockSupport.park(this);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
    }
}
