package dev.upkeep.component;

import dev.upkeep.api.StatefulComponent;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.supervise.Event;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The save of a stateful component before it is asked to stop (S9), on a virtual thread of its own. Whatever becomes of
 * it, the stop follows; a kill does not wait for it.
 */
final class SaveBeforeStop implements Runnable {
    private enum Phase {
        NOT_BEGUN, SAVING, OVER
    }

    private final RunningComponent instance;
    private final StatefulComponent component;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.NOT_BEGUN);
    private volatile @Nullable Thread thread;

    SaveBeforeStop(RunningComponent instance, StatefulComponent component) {
        this.instance = instance;
        this.component = component;
    }

    /** Begins, once. On the loop. */
    void begin() {
        if (!phase.compareAndSet(Phase.NOT_BEGUN, Phase.SAVING)) {
            return;
        }
        try {
            Thread saver = Thread.ofVirtual()
                    .name(instance.path().value() + " save")
                    .inheritInheritableThreadLocals(false)
                    .unstarted(this);
            thread = saver;
            saver.start();
        } catch (Throwable t) {
            fail("no thread could be started for its save: " + t);
            instance.askToStop();
        }
    }

    /** Gives up on it: what it still brings is not kept, and it cannot begin any more. Nothing happens if it is over. */
    void giveUp(String why) {
        if (phase.compareAndSet(Phase.NOT_BEGUN, Phase.OVER) || !fail(why)) {
            return;
        }
        Thread saver = thread;
        if (saver != null) {
            saver.interrupt();
        }
    }

    @Override
    public void run() {
        try {
            Thread.currentThread().setContextClassLoader(component.getClass().getClassLoader());
            byte[] state = save();
            if (state == null) {
                fail("save returned null");
            } else {
                instance.keep(state, () -> phase.get() == Phase.OVER);
                phase.compareAndSet(Phase.SAVING, Phase.OVER);
            }
        } catch (Throwable t) {
            fail(LastWords.text(t));
        } finally {
            thread = null;
            instance.askToStop();
        }
    }

    /** Not null, says the api; what a program returns is another matter. */
    private byte @Nullable [] save() throws Exception {
        return component.save();
    }

    private boolean fail(String reason) {
        if (!phase.compareAndSet(Phase.SAVING, Phase.OVER)) {
            return false;
        }
        instance.tell(new Event.Noted(instance.id(), EventKind.SAVE_FAILED,
                "its state could not be saved: " + reason));
        return true;
    }
}
