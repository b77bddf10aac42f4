package dev.upkeep.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.ComponentSpec;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.tree.Vitals;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class CarrierWatchTest {
    @Test
    @Timeout(60)
    void othersGoOnBesideComponentsThatNeverYield() throws Exception {
        int burners = Runtime.getRuntime().availableProcessors() + 1;
        AtomicBoolean burn = new AtomicBoolean(true);
        AtomicInteger carriers = new AtomicInteger();
        BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        CountDownLatch alight = new CountDownLatch(burners);
        ComponentChildren children = new ComponentChildren(events::add, Ticker.system(),
                name -> Optional.empty(), new StatesInMemory());
        ChildSpec burner = ComponentChildrenTest.specOf(ComponentSpec.of(() -> context -> {
            alight.countDown();
            while (burn.get()) {
                Thread.onSpinWait();
            }
        }));
        try (CarrierWatch watch = CarrierWatch.start(carriers::set)) {
            for (int i = 1; i <= burners; i++) {
                children.start(new InstanceId(new ChildPath("shop/burner"), i), burner, new Vitals());
            }
            assertThat(alight.await(20, TimeUnit.SECONDS)).as("all burn").isTrue();

            CountDownLatch ran = new CountDownLatch(1);
            Thread.startVirtualThread(ran::countDown);
            assertThat(ran.await(20, TimeUnit.SECONDS)).as("another virtual thread runs").isTrue();
            assertThat(carriers.get()).isGreaterThanOrEqualTo(burners);
        } finally {
            burn.set(false);
        }
        for (int ended = 0; ended < burners;) {
            Event event = events.poll(20, TimeUnit.SECONDS);
            assertThat(event).as("the burners end").isNotNull();
            ended += event instanceof Event.Ended ? 1 : 0;
        }
    }
}
