package dev.upkeep.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With a resolver that is as slow as the test wants it. */
@Timeout(30)
final class LookupTest {
    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch answers = new CountDownLatch(1);
    private final Lookup lookup = new Lookup(name -> {
        asked.incrementAndGet();
        try {
            answers.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (name.equals("unknown")) {
            throw new UnknownHostException("with more words");
        }
        return new InetAddress[]{InetAddress.ofLiteral("127.0.0.9")};
    });

    private record Asker(Thread thread, FutureTask<InetAddress[]> answer) {
        static Asker of(Callable<InetAddress[]> ask) {
            FutureTask<InetAddress[]> answer = new FutureTask<>(ask);
            return new Asker(Thread.ofVirtual().start(answer), answer);
        }
    }

    @Test
    void anAddressIsNotLookedUp() throws Exception {
        assertThat(lookup.of("127.0.0.1")).containsExactly(InetAddress.ofLiteral("127.0.0.1"));
        assertThat(lookup.of("::1")).containsExactly(InetAddress.ofLiteral("::1"));
        assertThat(asked).hasValue(0);
    }

    @Test
    void aThousandThatAskForOneNameShareOneLookUp() throws Exception {
        List<Asker> askers = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            askers.add(Asker.of(() -> lookup.of("db")));
        }
        Await.that("it is looked up", () -> asked.get() == 1);
        Await.that("all wait",
                () -> askers.stream().allMatch(a -> a.thread().getState() == Thread.State.WAITING));

        answers.countDown();

        for (Asker asker : askers) {
            assertThat(asker.answer().get()).containsExactly(InetAddress.ofLiteral("127.0.0.9"));
        }
        assertThat(asked).hasValue(1);
        lookup.of("db");
        assertThat(asked).as("a later one asks again").hasValue(2);
    }

    @Test
    void anInterruptEndsTheWaitForAResolverThatHangs() throws Exception {
        Asker asker = Asker.of(() -> lookup.of("db"));
        Await.that("it is looked up", () -> asked.get() == 1);

        asker.thread().interrupt();

        assertThatThrownBy(() -> asker.answer().get()).hasCauseInstanceOf(InterruptedException.class);
        answers.countDown();
    }

    @Test
    void aNameThatIsUnknownIsSoForAllThatAsked() {
        answers.countDown();

        assertThatThrownBy(() -> lookup.of("unknown")).isInstanceOf(UnknownHostException.class)
                .hasMessage("unknown");
        assertThatThrownBy(() -> lookup.of("unknown")).isInstanceOf(UnknownHostException.class);
    }

    @Test
    void noMoreThanSixtyFourNamesAreLookedUpAtOnceAndWhoWaitsForThatCanBeInterrupted() throws Exception {
        List<Asker> askers = new ArrayList<>();
        for (int i = 0; i < Lookup.MOST_AT_ONCE; i++) {
            String name = "host-" + i;
            askers.add(Asker.of(() -> lookup.of(name)));
        }
        Await.that("so many are looked up", () -> asked.get() == Lookup.MOST_AT_ONCE);
        Asker late = Asker.of(() -> lookup.of("one-more"));
        Asker interrupted = Asker.of(() -> lookup.of("another"));
        Await.that("they wait", () -> late.thread().getState() == Thread.State.WAITING
                && interrupted.thread().getState() == Thread.State.WAITING);
        interrupted.thread().interrupt();
        assertThatThrownBy(() -> interrupted.answer().get()).hasCauseInstanceOf(InterruptedException.class);
        assertThat(asked).hasValue(Lookup.MOST_AT_ONCE);

        answers.countDown();

        late.answer().get();
        for (Asker asker : askers) {
            asker.answer().get();
        }
    }
}
