package dev.upkeep.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which of some siblings take the output of which (P11). */
final class SiblingLoggers {
    private SiblingLoggers() {}

    static Optional<String> of(Work work) {
        return work instanceof ProcessSpec process && process.output() instanceof OutputRule.Logger logger
                ? Optional.of(logger.sibling())
                : Optional.empty();
    }

    /** @throws IllegalArgumentException if a logger is not one of the processes beside the child */
    static void refuseOthers(List<ChildSpec> children) {
        Map<String, ChildSpec> byId = new LinkedHashMap<>();
        for (ChildSpec child : children) {
            Optional<String> name = of(child.work());
            if (name.isEmpty()) {
                continue;
            }
            if (byId.isEmpty()) {
                children.forEach(c -> byId.put(c.id(), c));
            }
            String why = "child '" + child.id() + "' has the logger '" + name.get() + "', but ";
            ChildSpec logger = byId.get(name.get());
            if (logger == null) {
                throw new IllegalArgumentException(
                        why + "no sibling has that id; there are " + Names.shown(byId.keySet()));
            }
            if (logger == child) {
                throw new IllegalArgumentException(why + "that is the child itself");
            }
            if (!(logger.work() instanceof ProcessSpec)) {
                throw new IllegalArgumentException(why + "that is not a process");
            }
        }
    }
}
