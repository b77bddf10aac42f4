package dev.upkeep.health;

/** Words for how many processes a figure is of. */
final class Plural {
    private Plural() {}

    static String inProcesses(int count) {
        return count == 1 ? "" : " in " + count + " processes";
    }
}
