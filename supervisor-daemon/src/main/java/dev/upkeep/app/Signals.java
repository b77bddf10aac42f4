package dev.upkeep.app;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import sun.misc.Signal;

/**
 * The signals that the supervisor obeys (P18). Each comes on a thread of its own, made by the JVM; what came before there is a
 * tree waits for it.
 */
final class Signals {
    /** Who obeys. */
    interface Hearer {
        /** INT and TERM: in order, the second time by force. */
        void stop(String signal);

        /** HUP: reads the configuration again. */
        void apply();

        /** USR1: tells how everything is. */
        void report();
    }

    private final CompletableFuture<Hearer> hearer = new CompletableFuture<>();

    private Signals() {}

    /** Hears HUP and USR1 from now on: either would end a JVM that does not, and the children are its affair. */
    static Signals hear() {
        Signals signals = new Signals();
        signals.hear("HUP", (who, signal) -> who.apply());
        signals.hear("USR1", (who, signal) -> who.report());
        return signals;
    }

    /** Hears INT and TERM as well, instead of the JVM, which would exit at once and leave the children behind. */
    void keepFromExiting() {
        hear("INT", Hearer::stop);
        hear("TERM", Hearer::stop);
    }

    void obey(Hearer who) {
        hearer.complete(who);
    }

    private void hear(String name, BiConsumer<Hearer, String> obeyed) {
        try {
            Signal.handle(new Signal(name),
                    signal -> obeyed.accept(hearer.join(), "SIG" + signal.getName()));
        } catch (IllegalArgumentException _) {
            // The JVM runs with -Xrs: then so be it. One that was started with HUP ignored, as by nohup, goes on to
            // ignore it.
        }
    }
}
