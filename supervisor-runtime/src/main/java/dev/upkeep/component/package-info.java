/**
 * Children that live in this JVM: each instance on a thread of its own, virtual unless its spec says otherwise. The
 * doors are {@link dev.upkeep.component.ComponentChildren}, and {@link dev.upkeep.component.CarrierWatch}, which keeps
 * components that never yield from starving all others.
 */
@NullMarked
package dev.upkeep.component;

import org.jspecify.annotations.NullMarked;
