package dev.upkeep.api;

import dev.upkeep.api.child.ChildKind;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One child of a supervisor: what it is and by which rules it lives.
 *
 * @param id unique among its siblings
 * @param work what it does
 * @param restart whether it is started again; default permanent
 * @param stop how it is stopped
 * @param startTimeout bounds a start, until ready; default 30 s
 * @param backoff how long to wait before it is started again; default {@code exponential}
 * @param breaker when to stop trying for a while; by default its failures are charged to the supervisor's budget
 * @param health its checks
 * @param after the siblings that come first
 * @param autostart whether it is started with its supervisor; default true
 * @param significant whether its end counts for {@link SupervisorSpec.AutoShutdown}
 * @param essential whether the whole tree ends when it ends for good (G4)
 * @param critical whether its failure makes its supervisor unhealthy rather than degraded (H8)
 * @param whenAbandoned what follows when it would not stop and cannot be killed; default hold
 * @param pool the pool it is a member of
 */
public record ChildSpec(String id, @ReadAtStart Work work, RestartType restart, StopRule stop,
        Duration startTimeout,
        Choice backoff,
        Optional<BreakerUse> breaker, @ReadAtStart List<CheckSpec> health, List<After> after,
        boolean autostart,
        boolean significant, boolean essential, boolean critical, WhenAbandoned whenAbandoned,
        Optional<String> pool) {
    public static final Duration DEFAULT_START_TIMEOUT = Duration.ofSeconds(30);
    public static final Choice DEFAULT_BACKOFF = Choice.of("exponential");
    // Shared by all that say nothing: there may be very many of them.
    private static final StopRule STOP_SUPERVISOR = StopRule.infinite();
    private static final StopRule STOP_PROCESS = StopRule.within(Duration.ofSeconds(10));
    private static final StopRule STOP_COMPONENT = StopRule.within(Duration.ofSeconds(5));

    public ChildSpec {
        ChildPath.requireId(id);
        health = List.copyOf(health);
        after = List.copyOf(after);
        if (startTimeout.isNegative() || startTimeout.isZero()) {
            throw new IllegalArgumentException(
                    "startTimeout of '" + id + "' must be longer than zero, but is " + startTimeout);
        }
        if (significant && restart == RestartType.PERMANENT) {
            throw new IllegalArgumentException(
                    "'" + id + "' is significant, so its restart must be transient or temporary, but is permanent");
        }
        Set<String> names = new HashSet<>();
        for (CheckSpec check : health) {
            if (!names.add(check.name())) {
                throw new IllegalArgumentException("two health checks of '" + id + "' are named '"
                        + check.name() + "'; give one a name");
            }
        }
        if (work instanceof SupervisorSpec && !health.isEmpty()) {
            throw new IllegalArgumentException(
                    "'" + id + "' is a supervisor; its health is that of its children");
        }
    }

    /** Returns the same child with other work. */
    public ChildSpec withWork(Work other) {
        return new ChildSpec(id, other, restart, stop, startTimeout, backoff, breaker, health, after,
                autostart,
                significant, essential, critical, whenAbandoned, pool);
    }

    /** Returns the same child, started with its supervisor or not. */
    public ChildSpec withAutostart(boolean value) {
        return new ChildSpec(id, work, restart, stop, startTimeout, backoff, breaker, health, after, value,
                significant, essential, critical, whenAbandoned, pool);
    }

    public ChildKind kind() {
        if (work instanceof ProcessSpec) {
            return ChildKind.PROCESS;
        }
        return work instanceof ComponentSpec ? ChildKind.COMPONENT : ChildKind.SUPERVISOR;
    }

    /** Returns whether a start is complete only when a check, or the process itself, has said so (S1). */
    public boolean hasReadiness() {
        if (work instanceof ProcessSpec process && !(process.ready() instanceof ReadyBy.Start)) {
            return true;
        }
        for (CheckSpec check : health) {
            if (check.role() != Role.LIVENESS) {
                return true;
            }
        }
        return false;
    }

    /** Returns how a child of that kind is stopped when nothing is said (S4). */
    public static StopRule defaultStop(Work work) {
        if (work instanceof SupervisorSpec) {
            return STOP_SUPERVISOR;
        }
        return work instanceof ProcessSpec ? STOP_PROCESS : STOP_COMPONENT;
    }
}
