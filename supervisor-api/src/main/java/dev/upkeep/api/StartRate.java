package dev.upkeep.api;

/**
 * How many starts a whole tree begins per second (B9). Beyond it starts queue in order and are never dropped.
 *
 * @param perSecond in the long run; more than zero
 * @param burst how many may begin at once after a quiet time; at least 1
 */
public record StartRate(double perSecond, int burst) {
    public StartRate {
        if (!(perSecond > 0) || Double.isInfinite(perSecond)) {
            throw new IllegalArgumentException(
                    "startRate must be a number of starts per second above zero, but is " + perSecond);
        }
        if (burst < 1) {
            throw new IllegalArgumentException("the burst of startRate must be at least 1, but is " + burst);
        }
    }
}
