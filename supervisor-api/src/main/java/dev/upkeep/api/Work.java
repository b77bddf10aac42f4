package dev.upkeep.api;

/** What a child does: the part of its spec that differs between processes, components and supervisors. */
public sealed interface Work permits ProcessSpec, ComponentSpec, SupervisorSpec {}
