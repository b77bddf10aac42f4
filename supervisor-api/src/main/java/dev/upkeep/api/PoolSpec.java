package dev.upkeep.api;

import dev.upkeep.api.child.ChildPath;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A pool: like children of one supervisor, named {@code name-0}, {@code name-1} …, that can be scaled (A1, A6). Its size
 * is the number of children that name it in {@link ChildSpec#pool()}.
 *
 * @param name the prefix of its members' ids
 * @param member makes the spec of the member with that index; called on the thread that builds or scales, never on the
 *         tree's loop
 */
public record PoolSpec(String name, IntFunction<ChildSpec> member) {
    /** The most members a pool may be scaled to. */
    public static final int MOST = 1_000_000;

    public PoolSpec {
        ChildPath.requireId(name);
    }

    /** Returns the id of the member with that index. */
    public static String idOf(String pool, int index) {
        return pool + "-" + index;
    }

    /**
     * Makes the specs of all members of a pool of that size.
     *
     * @throws IllegalArgumentException if the size is out of range, or a spec is missing or has another id or pool
     */
    public List<ChildSpec> members(int size) {
        if (size < 0 || size > MOST) {
            throw new IllegalArgumentException(
                    "pool '" + name + "' cannot have " + size + " members; allowed are 0 to " + MOST);
        }
        List<ChildSpec> members = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            ChildSpec spec = member.apply(i);
            String id = idOf(name, i);
            if (spec == null || !spec.id().equals(id) || !spec.pool().equals(java.util.Optional.of(name))) {
                throw new IllegalArgumentException("member " + i + " of pool '" + name
                        + "' must have the id '" + id
                        + "' and name its pool, but is " + (spec == null ? "null" : "'" + spec.id() + "'"));
            }
            members.add(spec);
        }
        return members;
    }
}
