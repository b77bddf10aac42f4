package dev.upkeep.supervise;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One thing that happens in a simulation. Whom it happens to is chosen from those it can happen to at that moment, by
 * the number, so that a story stays one when steps are left out of it.
 */
record Step(Kind kind, int whom, int how, long nanos) {
    enum Kind {
        TIME, END, END_TOO, SCRIPT, UNHEALTHY, READY, HEALTH, VERB, BREAKER, STALE, MEMBERS_LEFT, JUMP, SHUTDOWN
    }

    private static final int[] WEIGHTS = {300, 200, 60, 160, 40, 50, 30, 140, 60, 60, 20, 30, 3};
    private static final long SECOND = 1_000_000_000L;

    static List<Step> story(long seed, int length) {
        Random random = new Random(seed * 31 + 7);
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            int drawn = random.nextInt(java.util.Arrays.stream(WEIGHTS).sum());
            int kind = 0;
            while (drawn >= WEIGHTS[kind]) {
                drawn -= WEIGHTS[kind++];
            }
            long nanos = (long) (Math.pow(10, random.nextDouble() * 4 - 2) * SECOND);
            steps.add(new Step(Kind.values()[kind], random.nextInt(1 << 20), random.nextInt(1 << 20),
                    nanos));
        }
        return steps;
    }
}
