package com.example.shop;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import dev.upkeep.api.Component;
import dev.upkeep.api.ComponentContext;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.settings.Choice;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Opens the shop, lets something go wrong, grows, changes, and closes. */
public final class Shop {
    private static final ChildPath ROOT = new ChildPath("shop");
    private static final int ORDERS = 20;

    private final BlockingQueue<String> orders = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> parcels = new LinkedBlockingQueue<>();
    private final AtomicLong entered = new AtomicLong();

    // Kept, because what is applied again is compared with what runs: the same factory is no change.
    private final Callable<Component> packer = () -> new Packer(orders, parcels);
    private final Callable<Component> ledger = () -> new Ledger(parcels, entered);
    private final Callable<Component> office = () -> Shop::untilClosed;

    public static void main(String[] args) throws Exception {
        new Shop().day();
    }

    private SupervisorBuilder tree(int packers) {
        return Supervisor.named("shop")
                .intensity(5, ofSeconds(60))
                .child("database", c -> c.process("sleep", "1000"))
                .child("ledger", c -> c.component(ledger).after("database").stopTimeout(ofSeconds(2)))
                .children("packer", packers, i -> c -> c.component(packer)
                        .backoff(Choice.of("immediate"))
                        .check(Choice.of("heartbeat")))
                .supervisor("office", o -> o.strategy("rest-for-one")
                        .child("phone", office)
                        .child("clerk", office));
    }

    private void day() throws Exception {
        try (Supervisor shop = tree(3).listener(Shop::tell).start()) {
            check(shop.awaitReady(ofSeconds(20)), "everybody is there");
            say("open with " + shop.list().size() + " in the tree");

            orders.add(""); // Somebody sends an empty order: the packer that meets it fails, and is replaced.
            for (int i = 1; i <= ORDERS; i++) {
                orders.add("article " + i);
            }
            until("a packer was replaced", () -> shop.count(EventKind.RESTARTED) == 1);
            until("all is packed and entered", () -> entered.get() == ORDERS);

            say("a new ledger: " + shop.restart(ROOT.child("ledger")).get().text());
            say("more packers: " + shop.scale(ROOT.child("packer"), 5).get().text());
            say("a new hand: " + shop.add(ROOT.child("office"), "trainee", c -> c.component(office)).get().text());
            // Compared with the plan before, not with what lives: the packers and the hand that came since stay.
            say("another plan: " + shop.apply(tree(3).child("night-watch", office).build()).get().diff().changes());

            shop.list().forEach(Shop::show);
        }
        say("closed");
    }

    private static void untilClosed(ComponentContext context) throws InterruptedException {
        while (!context.awaitStop(ofSeconds(1))) {
            context.heartbeat();
        }
    }

    private static void tell(TreeEvent event) {
        if (event.kind() == EventKind.EXITED || event.kind() == EventKind.RESTARTED) {
            say(event.path().shortValue() + " " + event.text());
        }
    }

    private static void show(ChildStatus child) {
        say("  " + child.path() + " " + child.actual().name().toLowerCase(Locale.ROOT)
                + " in its generation " + child.generation());
    }

    private static void until(String what, BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 1000 && !condition.getAsBoolean(); i++) {
            Thread.sleep(ofMillis(20).toMillis());
        }
        check(condition.getAsBoolean(), what);
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("it does not hold that " + what);
        }
    }

    private static void say(String text) {
        System.out.println("shop: " + text);
    }
}
