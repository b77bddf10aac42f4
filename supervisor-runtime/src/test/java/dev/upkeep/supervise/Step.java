package dev.upkeep.supervise;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One thing that happens in a simulation. Whom it happens to is chosen from those it can happen to at that moment, by
 * the number, so that a story stays one when steps are left out of it.
 */
record Step(Kind kind, int whom, int how, long nanos) {
    enum Kind {
        /** Time passes. */
        TIME(260),
        /** An instance ends by itself. */
        END(180),
        /** One ends before the end of another is dealt with. */
        END_TOO(80),
        /** A child changes its ways. */
        SCRIPT(150),
        /** A check has given an instance up. */
        UNHEALTHY(30),
        /** Readiness comes or goes. */
        READY(40), HEALTH(20),
        /** A child falls again and again. */
        FALLS(12),
        /** A person wants something. */
        VERB(170),
        /** A program's calls go well or badly through a breaker. */
        BREAKER(50),
        /** Something of an earlier run comes late or twice. */
        STALE(90),
        /** A timer that came, or was taken back, comes again. */
        STALE_TIMER(90),
        /** The leader of a process group ends, its members stay. */
        MEMBERS_LEFT(30),
        /** The supervisor itself stands still. */
        PAUSE(25),
        /** Timers come later than they should, from now on. */
        LATE(20),
        /** A guarded start is called off and begun again before its permit has come. */
        AGAIN(15),
        /** An instance has something to say: that its state was not kept, that it needs more time, what it does. */
        WORD(20),
        /** Children are added to a supervisor. */
        ADD(45), SCALE(25),
        /** Another spec is applied. */
        APPLY(25), CARRIERS(4), SHUTDOWN(1);

        final int weight;

        Kind(int weight) {
            this.weight = weight;
        }
    }

    private static final Kind[] DRAWN = Arrays.stream(Kind.values())
            .flatMap(k -> java.util.Collections.nCopies(k.weight, k).stream())
            .toArray(Kind[]::new);
    private static final double SECOND = 1e9;

    static List<Step> story(long seed, int length) {
        SplittableRandom random = new SplittableRandom(seed * 31 + 7);
        List<Step> steps = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            Kind kind = DRAWN[random.nextInt(DRAWN.length)];
            // From ten milliseconds to a hundred seconds, each length of time as likely as the tenfold.
            long nanos = (long) (Math.exp(random.nextDouble() * 9.2 - 4.6) * SECOND);
            steps.add(new Step(kind, random.nextInt(1 << 20), random.nextInt(1 << 20), nanos));
        }
        return steps;
    }
}
