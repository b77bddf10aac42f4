package dev.upkeep.probe;

import dev.upkeep.api.child.ChildPath;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Calls into checks of instances that have ended, which have not ended themselves. A hung check never runs beside itself in the
 * next generation (H6), so there is one for each check of each child at most. Guarded by the schedule's lock.
 */
final class Leftovers {
    private record Key(ChildPath path, String check) {
        static Key of(Probe probe) {
            return new Key(probe.child.instance.path(), probe.spec.name());
        }
    }

    private final Map<Key, Attempt> attempts = new HashMap<>();

    void put(Attempt attempt) {
        attempts.put(Key.of(attempt.probe), attempt);
    }

    @Nullable
    Attempt of(Probe probe) {
        return attempts.isEmpty() ? null : attempts.get(Key.of(probe));
    }

    void remove(Attempt attempt) {
        attempts.remove(Key.of(attempt.probe), attempt);
    }

    /** The probe waits no longer for the end of one. */
    void forget(Probe waiting) {
        Attempt attempt = of(waiting);
        if (attempt != null && attempt.next == waiting) {
            attempt.next = null;
        }
    }
}
