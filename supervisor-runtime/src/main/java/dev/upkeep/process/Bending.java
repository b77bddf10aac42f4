package dev.upkeep.process;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Variables that bend whatever program is started with them: what it loads, runs or writes. A child that runs as another user
 * gets them when it is that user, from the last link of its chain: the links before that have the supervisor's rights, and who
 * wrote the variables need not (the user's own environment file).
 */
final class Bending {
    /** What ld.so takes out of the environment of setuid programs, ld.so(8), and what shells and libraries heed beside it. */
    private static final Set<String> NAMES = Set.of("GCONV_PATH", "GETCONF_DIR", "GLIBC_TUNABLES",
            "HOSTALIASES",
            "LOCALDOMAIN", "LOCPATH", "MALLOC_TRACE", "NIS_PATH", "NLSPATH", "RESOLV_HOST_CONF",
            "RES_OPTIONS",
            "TZDIR", "ENV", "SHELLOPTS", "PS4", "KRB5_CONFIG");
    private static final List<String> BEGINNINGS = List.of("LD_", "BASH", "OPENSSL_", "LIBMOUNT_",
            "LIBSMARTCOLS_");

    private Bending() {}

    static Map<String, String> among(Map<String, String> variables) {
        Map<String, String> bending = new LinkedHashMap<>();
        variables.forEach((name, value) -> {
            if (NAMES.contains(name) || BEGINNINGS.stream().anyMatch(name::startsWith)) {
                bending.put(name, value);
            }
        });
        return bending;
    }

    /** Returns the link that sets them. */
    static List<String> link(Map<String, String> bending, Tools tools) throws Refused {
        List<String> arguments = new ArrayList<>();
        arguments.add(tools.find("env", "the variables " + bending.keySet() + " of another user"));
        bending.forEach((name, value) -> arguments.add(name + "=" + value));
        return List.copyOf(arguments);
    }
}
