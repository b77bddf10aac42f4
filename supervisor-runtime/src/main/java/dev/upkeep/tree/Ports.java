package dev.upkeep.tree;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.child.ChildKind;

/** Through what a loop reaches the world. */
public record Ports(ChildPort processes, ChildPort components, ProbePort probes, BreakerPort breakers) {
    ChildPort of(ChildSpec spec) {
        return spec.kind() == ChildKind.PROCESS ? processes : components;
    }
}
