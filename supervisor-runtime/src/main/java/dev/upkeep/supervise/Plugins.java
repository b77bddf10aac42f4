package dev.upkeep.supervise;

import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.RestartStrategy;
import dev.upkeep.api.settings.Choice;

/** Makes the pure functions that the core asks. An unknown choice throws IllegalArgumentException, before anything starts. */
public interface Plugins {
    RestartStrategy strategy(Choice choice);

    Backoff backoff(Choice choice);
}
