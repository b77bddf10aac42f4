package dev.upkeep.app;

import java.util.function.Consumer;
import sun.misc.Signal;

/** The signals that end the supervisor in order (P18): INT and TERM, and HUP, as when its terminal goes away. */
final class Signals {
    private Signals() {}

    /**
     * Hears them from now on, instead of the JVM, which would exit at once and leave the children behind.
     *
     * @param heard called with the signal's name, on a thread of the JVM's; must return at once
     */
    static void hear(Consumer<String> heard) {
        for (String name : new String[]{"INT", "TERM", "HUP"}) {
            try {
                Signal.handle(new Signal(name), signal -> heard.accept("SIG" + signal.getName()));
            } catch (IllegalArgumentException _) {
                // The JVM runs with -Xrs, or was started with the signal ignored, as by nohup: then so be it.
            }
        }
    }
}
