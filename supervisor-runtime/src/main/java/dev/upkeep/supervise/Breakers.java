package dev.upkeep.supervise;

import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.settings.Defaults;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the core knows of the breakers: their last view, never the breakers themselves, and who depends on them. */
final class Breakers {
    private final Core core;
    private final Turn turn;
    private static final LinkedHashSet<Child> NOBODY = new LinkedHashSet<>(0);

    private final Map<String, CircuitBreaker.View> views = new HashMap<>();
    private final Map<String, LinkedHashSet<Child>> users = new HashMap<>();

    Breakers(Core core) {
        this.core = core;
        this.turn = core.turn;
    }

    void changed(CircuitBreaker.View view) {
        CircuitBreaker.View before = views.get(view.name());
        if ((before != null && view.epoch() <= before.epoch()) || isOfNobody(view.name())) {
            return;
        }
        views.put(view.name(), view);
        // One that is open and hears of another end of that has not opened again (B4).
        boolean opens = before == null || before.state() != BreakerState.OPEN;
        List<Child> users = usersOf(view.name());
        Child about = users.size() == 1 && users.get(0).path.value().equals(view.name())
                ? users.get(0)
                : core.root;
        turn.emit(EventKind.BREAKER_CHANGED, about,
                "breaker " + (about == core.root ? "'" + view.name() + "' " : "") + "is "
                        + Defaults.wordOf(view.state())
                        + (view.reason().isEmpty() ? "" : ": " + view.reason()));
        for (Child child : users) {
            switch (view.state()) {
                case OPEN -> {
                    child.breakerOpenings += opens ? 1 : 0;
                    hold(child);
                }
                // A person's word is no failure of what it guards (B4).
                case FORCED_OPEN -> hold(child);
                case HALF_OPEN -> resume(child);
                case CLOSED, DISABLED, METRICS_ONLY -> {
                    child.breakerOpenings = 0;
                    resume(child);
                }
            }
        }
        if (view.state() == BreakerState.OPEN || view.state() == BreakerState.FORCED_OPEN) {
            core.herds.opened(view.name());
        } else if (letsAllThrough(view.name())) {
            core.herds.widened();
        }
    }

    /** Returns whether it was told to refuse nobody, whatever happens. */
    boolean letsAllThrough(String breaker) {
        CircuitBreaker.View view = views.get(breaker);
        return view != null
                && (view.state() == BreakerState.DISABLED || view.state() == BreakerState.METRICS_ONLY);
    }

    void addUser(Child child) {
        if (child.breaker != null) {
            users.computeIfAbsent(child.breaker, name -> new LinkedHashSet<>()).add(child);
        }
    }

    void removeUser(Child child) {
        String breaker = child.breaker;
        Set<Child> all = breaker == null ? null : users.get(breaker);
        if (breaker != null && all != null && all.remove(child) && all.isEmpty()) {
            users.remove(breaker);
            if (isOfNobody(breaker)) {
                views.remove(breaker);
            }
        }
    }

    /** Returns whether it was the own one of a child that is gone. A shared one is there for whoever comes to use it. */
    private boolean isOfNobody(String breaker) {
        return !users.containsKey(breaker) && !core.spec.breakers().containsKey(breaker);
    }

    /** A breaker is there no more: nobody waits for it. */
    void removed(String breaker) {
        views.remove(breaker);
        usersOf(breaker).forEach(this::resume);
    }

    private List<Child> usersOf(String breaker) {
        List<Child> present = new ArrayList<>();
        for (Child child : users.getOrDefault(breaker, NOBODY)) {
            if (Core.isPresent(child)) {
                present.add(child);
            }
        }
        return present;
    }

    /** A child in back-off need not wait it out to learn that its breaker is open. */
    private void hold(Child child) {
        boolean waits = child.actual == ActualState.BACKOFF && !core.groups.holds(child);
        if (waits
                || (child.actual == ActualState.SUSPENDED && child.suspension == Child.Suspension.BREAKER)) {
            refused(child);
        }
    }

    /** A trial was given back uncounted: another child that waits for the breaker has it. */
    void trialFreed(String breaker) {
        if (isTried(breaker)) {
            users.getOrDefault(breaker, NOBODY)
                    .stream()
                    .filter(c -> c.actual == ActualState.SUSPENDED
                            && c.suspension == Child.Suspension.BREAKER && Core.isPresent(c))
                    .findFirst()
                    .ifPresent(this::tryNow);
        }
    }

    /** A permit came when it is not needed any more. */
    void giveBack(@Nullable Guard guard, long permit) {
        if (guard != null && permit != 0) {
            turn.act(new Action.Report(guard.breaker(), permit, Action.StartResult.IGNORED));
            trialFreed(guard.breaker());
        }
    }

    private void resume(Child child) {
        if (child.actual == ActualState.SUSPENDED && child.suspension == Child.Suspension.BREAKER) {
            tryNow(child);
        }
    }

    /** The breaker does not let the child start: it is suspended until the breaker's next trial. */
    void refused(Child child) {
        CircuitBreaker.View view = child.breaker == null ? null : views.get(child.breaker);
        OptionalLong trial = view == null || view.nextTrialNanos().isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(view.nextTrialNanos().get());
        String reason = isTried(child.breaker)
                ? "its breaker is half open"
                : view == null || view.reason().isEmpty() ? "its breaker is open" : view.reason();
        core.suspensions.suspend(child, Child.Suspension.BREAKER, trial, reason);
    }

    /** Returns whether the breaker lets a few through, and all if these do well. */
    boolean isTried(@Nullable String breaker) {
        CircuitBreaker.View view = breaker == null ? null : views.get(breaker);
        return view != null && view.state() == BreakerState.HALF_OPEN;
    }

    void tryNow(Child child) {
        turn.emit(EventKind.TRIAL, child, "tried again");
        child.restarting = child.generation > 0;
        core.starts.begin(child, false);
    }
}
