package dev.upkeep.bench.tree;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** A floor with a platform thread that takes deaths from a queue and starts the successors. */
final class LoopFloor extends Floor {
    private final ConcurrentLinkedQueue<Runnable> queue = new ConcurrentLinkedQueue<>();
    private final Thread loop = Thread.ofPlatform().daemon().name("floor-loop").unstarted(this::loop);
    private volatile boolean idle;
    /** How many of a group are still to die before all are started. Of the loop only. */
    private int toDie;

    LoopFloor(Flock flock, boolean group) {
        super(flock, group);
    }

    @Override
    public void start() {
        loop.start();
        offer(this::startAll);
    }

    @Override
    void died(Bird bird) {
        offer(() -> replace(bird));
    }

    @Override
    public void close() {
        super.close();
        offer(() -> {});
    }

    private void offer(Runnable event) {
        queue.add(event);
        if (idle) {
            LockSupport.unpark(loop);
        }
    }

    private void loop() {
        while (!closing) {
            for (Runnable event = queue.poll(); event != null; event = queue.poll()) {
                event.run();
            }
            idle = true;
            if (queue.isEmpty() && !closing) {
                LockSupport.park(this);
            }
            idle = false;
        }
    }

    private void replace(Bird bird) {
        if (closing) {
            // It died by itself while the others were being stopped.
            leave();
        } else if (!group) {
            bird.start();
        } else if (toDie == 0) {
            toDie = birds.length - 1;
            stopAllBut(bird);
            if (toDie == 0) {
                startAll();
            }
        } else if (--toDie == 0) {
            startAll();
        }
    }
}
