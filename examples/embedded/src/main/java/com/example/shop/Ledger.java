package com.example.shop;

import dev.upkeep.api.ComponentContext;
import dev.upkeep.api.StatefulComponent;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the parcels. The count outlives a restart of the ledger, and one of the whole program. */
final class Ledger implements StatefulComponent {
    private final BlockingQueue<String> parcels;
    private final AtomicLong today;
    /** Of the ledger's thread and of the one that saves. */
    private volatile long count;

    Ledger(BlockingQueue<String> parcels, AtomicLong today) {
        this.parcels = parcels;
        this.today = today;
    }

    @Override
    public void restore(byte[] state) {
        count = ByteBuffer.wrap(state).getLong();
    }

    @Override
    public byte[] save() {
        return ByteBuffer.allocate(Long.BYTES).putLong(count).array();
    }

    @Override
    public void run(ComponentContext context) throws InterruptedException {
        System.out.println("ledger: opened at " + count + " parcels");
        while (!context.shouldStop()) {
            context.heartbeat();
            if (parcels.poll(100, TimeUnit.MILLISECONDS) != null) {
                count = count + 1;
                today.incrementAndGet();
            }
        }
        System.out.println("ledger: closed at " + count + " parcels");
    }
}
