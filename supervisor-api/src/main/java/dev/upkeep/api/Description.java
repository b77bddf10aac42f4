package dev.upkeep.api;

import dev.upkeep.api.child.ChildStatus;

/**
 * One child as it is meant to be and as it is.
 *
 * @param spec the spec applied last; it may be newer than the one the live instance was started with
 */
public record Description(ChildSpec spec, ChildStatus status) {}
