package dev.upkeep.api.child;

/** What is wanted of a child. */
public enum DesiredState {
    /** It should run. */
    RUNNING,
    /** Someone asked it to stop, or it is not to start by itself. */
    STOPPED,
    /** It completed and need not run again. */
    DONE
}
