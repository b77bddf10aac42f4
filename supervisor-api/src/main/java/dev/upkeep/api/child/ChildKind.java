package dev.upkeep.api.child;

/** What a child is. */
public enum ChildKind {
    /** An operating system process. */
    PROCESS,
    /** An object on a thread of this JVM. */
    COMPONENT,
    /** A supervisor with children of its own. */
    SUPERVISOR
}
