package dev.upkeep.api;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * As whom, and within which bounds, a process runs. What is left empty stays as the supervisor has it. All of it is in
 * force before the program's first instruction.
 *
 * @param user a name or number of the host's; its groups come with it, and {@code HOME}, {@code USER} and {@code LOGNAME} where its
 *         entry is known. Needs a supervisor that runs as root
 * @param group a name or number; by default that of the user
 * @param umask the mode bits that files it makes do not get, 0 to 0777
 * @param nice from -20, which is the most favoured, to 19; below the supervisor's own only as root
 * @param oomScoreAdjust from -1000, never killed when memory is short, to 1000, first
 * @param limits bounds of the kernel's, {@code setrlimit(2)}
 */
public record RunAs(Optional<String> user, Optional<String> group, OptionalInt umask, OptionalInt nice,
        OptionalInt oomScoreAdjust, Map<ResourceLimit, ResourceLimit.Bound> limits) {
    private static final RunAs SUPERVISOR = new RunAs(Optional.empty(), Optional.empty(), OptionalInt.empty(),
            OptionalInt.empty(), OptionalInt.empty(), Map.of());

    public RunAs {
        limits = limits.isEmpty() ? Map.of() : java.util.Collections.unmodifiableMap(new EnumMap<>(limits));
        user.ifPresent(name -> requireAccount("user", name));
        group.ifPresent(name -> requireAccount("group", name));
        if (umask.isPresent() && (umask.getAsInt() < 0 || umask.getAsInt() > 0777)) {
            throw new IllegalArgumentException("umask must be from 0 to 0777, but is "
                    + (umask.getAsInt() < 0
                            ? umask.getAsInt()
                            : "0" + Integer.toOctalString(umask.getAsInt())));
        }
        requireWithin("nice", nice, -20, 19);
        requireWithin("oomScoreAdjust", oomScoreAdjust, -1000, 1000);
    }

    /** Returns the rule that changes nothing. */
    public static RunAs theSupervisor() {
        return SUPERVISOR;
    }

    private static void requireAccount(String what, String name) {
        if (name.isBlank() || name.startsWith("-") || name.chars().anyMatch(c -> c <= ' ' || c == ':')) {
            throw new IllegalArgumentException("'" + name + "' cannot be the name of a " + what);
        }
    }

    private static void requireWithin(String what, OptionalInt value, int least, int most) {
        if (value.isPresent() && (value.getAsInt() < least || value.getAsInt() > most)) {
            throw new IllegalArgumentException(
                    what + " must be from " + least + " to " + most + ", but is " + value.getAsInt());
        }
    }
}
