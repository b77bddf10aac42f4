package dev.upkeep.config;

import dev.upkeep.api.ResourceLimit;
import java.util.Map;
import java.util.Optional;

/** Hosts that are the same on every machine. */
final class Hosts {
    private static final Map<String, Long> USERS = Map.of("root", 0L, "postgres", 70L, "alice", 1000L,
            "nobody",
            65534L);
    private static final Map<String, Long> GROUPS = Map.of("root", 0L, "postgres", 70L, "alice", 1000L, "tty",
            5L, "nogroup", 65534L);

    private Hosts() {}

    /** One whose supervisor runs as root. Users named {@code ldap-…} are known to another service. */
    static Host root() {
        return new Host(0, "root", 0, -1, 0, 0, limits(), Optional.of(1L << 20), users(), groups());
    }

    /** One whose supervisor runs as alice, sooner killed than others. */
    static Host alice() {
        return new Host(1000, "alice", 1000, 0, 3, 200, limits(), Optional.of(1L << 20), users(), groups());
    }

    /** A container whose root may little. */
    static Host container() {
        return new Host(0, "root", 0, 1L << Host.CAP_SETUID, 0, -5, limits(), Optional.of(1L << 20), users(),
                groups());
    }

    private static Map<ResourceLimit, Long> limits() {
        return Map.of(ResourceLimit.OPEN_FILES, 4096L, ResourceLimit.CORE, ResourceLimit.UNLIMITED,
                ResourceLimit.MEMORY, 4L << 30, ResourceLimit.CPU, 3600L);
    }

    private static Accounts users() {
        return new Accounts(USERS, name -> name.startsWith("ldap-"));
    }

    private static Accounts groups() {
        return new Accounts(GROUPS, name -> name.startsWith("ldap-"));
    }
}
