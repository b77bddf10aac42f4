package com.example.shop;

import dev.upkeep.api.Component;
import dev.upkeep.api.ComponentContext;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** Packs one order after the other. It does not know what to do with an empty one, and need not: it is made anew. */
final class Packer implements Component {
    private final BlockingQueue<String> orders;
    private final BlockingQueue<String> parcels;

    Packer(BlockingQueue<String> orders, BlockingQueue<String> parcels) {
        this.orders = orders;
        this.parcels = parcels;
    }

    @Override
    public void run(ComponentContext context) throws InterruptedException {
        while (!context.shouldStop()) {
            context.heartbeat();
            String order = orders.poll(100, TimeUnit.MILLISECONDS);
            if (order == null) {
                continue;
            }
            if (order.isEmpty()) {
                throw new IllegalArgumentException("an empty order");
            }
            parcels.add("parcel with " + order);
        }
    }
}
