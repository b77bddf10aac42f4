package dev.upkeep.breaker;

/** What settings say of a breaker, whatever its type; the part that can change while it works. */
record Terms(Recovery recovery, Verdicts verdicts, TripRule.Source rules) {}
