package dev.upkeep.supervise;

import dev.upkeep.api.After;
import dev.upkeep.api.AfterCycles;
import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Reply;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.SupervisorSpec.AutoShutdown;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.event.EventKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Children that come and go while the tree lives (A1, A4, A6). All that was asked at once is done, or nothing. */
final class Changes {
    private final Core core;
    private final Turn turn;

    Changes(Core core) {
        this.core = core;
        this.turn = core.turn;
    }

    void add(Event.Add add) {
        Branch parent = supervisorFor(add.request(), add.parent());
        if (parent == null || refuse(add.request(), parent, add.specs(), add.specs().size())) {
            return;
        }
        String names = add.specs().size() == 1
                ? "'" + add.parent().child(add.specs().get(0).id()).shortValue() + "'"
                : add.specs().size() + " children";
        turn.emit(EventKind.OPERATOR_ACTION, parent, "add " + names + " by " + add.who());
        Batch batch = new Batch(add.request(),
                names + (parent.isUp() ? " runs" : " starts with its supervisor"));
        // Not done before all is begun: some children are up at once.
        batch.await();
        List<Child> added = create(parent, add.specs());
        added.forEach(c -> c.provisional = parent.isUp() && c.desired == DesiredState.RUNNING);
        start(parent, added, batch);
        batch.settle(turn, Reply.Kind.DONE, "");
        core.starts.check(parent);
    }

    void scale(Event.Scale scale) {
        Optional<ChildPath> above = scale.pool().parent();
        Branch parent = above.isEmpty() ? null : supervisorFor(scale.request(), above.get());
        if (parent == null) {
            if (above.isEmpty()) {
                turn.answer(scale.request(), Reply.Kind.NOT_FOUND, "there is no pool '" + scale.pool() + "'");
            }
            return;
        }
        String pool = scale.pool().id();
        if (!parent.rules.pools().containsKey(pool)) {
            turn.answer(scale.request(), Reply.Kind.NOT_FOUND,
                    "'" + parent.path.shortValue() + "' has no pool '" + pool
                            + "'; it has "
                            + (parent.rules.pools().isEmpty() ? "none" : parent.rules.pools().keySet()));
            return;
        }
        Set<String> wanted = new HashSet<>();
        scale.members().forEach(m -> wanted.add(m.id()));
        List<Child> leaving = new ArrayList<>();
        Set<String> there = new HashSet<>();
        for (Child child : parent.children) {
            if (!child.spec.pool().equals(Optional.of(pool))) {
                continue;
            }
            if (wanted.contains(child.id()) && !child.leaving) {
                there.add(child.id());
            } else if (!child.leaving) {
                leaving.add(child);
            }
        }
        List<ChildSpec> missing = new ArrayList<>();
        for (ChildSpec member : scale.members()) {
            if (!there.contains(member.id())) {
                missing.add(member);
            }
        }
        if (refuse(scale.request(), parent, missing, missing.size() - leaving.size())) {
            return;
        }
        turn.emit(EventKind.OPERATOR_ACTION, parent,
                "scale " + pool + " to " + scale.members().size() + " by " + scale.who());
        Batch batch = new Batch(scale.request(), "pool '" + scale.pool().shortValue() + "' has "
                + scale.members().size() + " members");
        batch.await();
        leaving.forEach(child -> takeOut(child, null, batch));
        start(parent, create(parent, missing), batch);
        batch.settle(turn, Reply.Kind.DONE, "");
        core.starts.check(parent);
    }

    /** Returns the supervisor at that path, or answers why there is none to change. */
    private @Nullable Branch supervisorFor(long request, ChildPath path) {
        Child found = core.find(path);
        if (found == null) {
            turn.answer(request, Reply.Kind.NOT_FOUND, "there is no child '" + path.shortValue() + "'");
        } else if (!(found instanceof Branch)) {
            turn.answer(request, Reply.Kind.INVALID, "'" + path.shortValue() + "' is no supervisor");
        } else if (found.leaving || core.root.actual == ActualState.STOPPING) {
            turn.answer(request, Reply.Kind.LIMIT, "'" + path.shortValue() + "' is on its way out");
        } else {
            return (Branch) found;
        }
        return null;
    }

    /** Answers why these children cannot be added, if they cannot. */
    private boolean refuse(long request, Branch parent, List<ChildSpec> specs, int more) {
        String invalid = faultOf(parent, specs);
        Child taken = specs.stream()
                .map(s -> holder(parent, s))
                .filter(c -> c != null)
                .findFirst()
                .orElse(null);
        int most = parent.rules.maxChildren().orElse(Integer.MAX_VALUE);
        int there = most == Integer.MAX_VALUE ? 0 : placesHeld(parent, specs);
        if (taken != null) {
            turn.answer(request, Reply.Kind.ALREADY_PRESENT,
                    "there is a child '" + taken.path.shortValue() + "' already"
                            + (taken.leaving ? ", on its way out" : ""));
        } else if (invalid != null) {
            turn.answer(request, Reply.Kind.INVALID, invalid);
        } else if (more > 0 && there + (long) more > most) {
            turn.answer(request, Reply.Kind.LIMIT,
                    "'" + parent.path.shortValue() + "' has " + there
                            + " children and may have " + most + ": " + more + " more is too many");
        } else {
            return false;
        }
        return true;
    }

    /** Counts the children, and the declared ones that ended and will be back, unless one of these takes their place. */
    private static int placesHeld(Branch parent, List<ChildSpec> specs) {
        Set<String> ids = new HashSet<>();
        specs.forEach(s -> ids.add(s.id()));
        int held = parent.children.size();
        for (Child child : parent.gone) {
            held += child.declared && !child.leaving && !ids.contains(child.id()) ? 1 : 0;
        }
        return held;
    }

    /** Returns who has the place of a new child. One that is temporary and ended only waits to be declared again. */
    private @Nullable Child holder(Branch parent, ChildSpec spec) {
        Child there = core.children.get(parent.path.child(spec.id()));
        return there == null || (there.removed && !Core.holdsLive(there)) ? null : there;
    }

    private @Nullable String faultOf(Branch parent, List<ChildSpec> specs) {
        Set<String> ids = new HashSet<>();
        for (ChildSpec spec : specs) {
            if (!ids.add(spec.id())) {
                return "two children have the id '" + spec.id() + "'";
            }
            if (spec.significant() && parent.rules.autoShutdown() == AutoShutdown.NEVER) {
                return "child '" + spec.id() + "' is significant, but autoShutdown of '"
                        + parent.path.shortValue()
                        + "' is never";
            }
            if (spec.pool().isPresent() && !parent.rules.pools().containsKey(spec.pool().get())) {
                return "child '" + spec.id() + "' names the pool '" + spec.pool().get()
                        + "', but there is none";
            }
        }
        for (ChildSpec spec : specs) {
            String missing = missing(spec);
            if (missing != null) {
                return missing;
            }
            for (After after : spec.after()) {
                Child sibling = core.find(parent.path.child(after.id()));
                if (!ids.contains(after.id()) && sibling == null) {
                    return "child '" + spec.id() + "' comes after '" + after.id()
                            + "', but no sibling has that id";
                }
            }
        }
        if (wouldWaitForItself(parent, specs)) {
            return "children would wait for each other: a sibling still comes after one that ended, and now is to be added";
        }
        // Any other sibling that is there cannot come after one that was not.
        return AfterCycles.find(specs)
                .map(c -> "children wait for each other: " + String.join(" after ", c))
                .orElse(null);
    }

    /** Returns whether one of these comes after a sibling that comes after the ended child whose id it takes. */
    private boolean wouldWaitForItself(Branch parent, List<ChildSpec> specs) {
        Set<Child> ended = new HashSet<>();
        Deque<Child> toSee = new ArrayDeque<>();
        for (ChildSpec spec : specs) {
            Child before = core.children.get(parent.path.child(spec.id()));
            if (before != null && !before.dependents.isEmpty()) {
                ended.add(before);
            }
            spec.after().stream().map(a -> core.find(parent.path.child(a.id()))).forEach(first -> {
                if (first != null) {
                    toSee.add(first);
                }
            });
        }
        Set<Child> seen = new HashSet<>();
        for (Child child = ended.isEmpty() ? null : toSee.poll(); child != null; child = toSee.poll()) {
            if (ended.contains(child)) {
                return true;
            }
            if (seen.add(child)) {
                toSee.addAll(child.predecessors);
            }
        }
        return false;
    }

    /** Returns what a new child, or one below it, needs that is not there: a plugin, or a shared breaker. */
    private @Nullable String missing(ChildSpec spec) {
        String breaker = spec.breaker().flatMap(BreakerUse::shared).orElse(null);
        if (breaker != null && !core.spec.breakers().containsKey(breaker)) {
            return "child '" + spec.id() + "' names the breaker '" + breaker + "', but there is none";
        }
        try {
            core.plugins.backoff(spec.backoff());
            if (spec.work() instanceof SupervisorSpec rules) {
                core.plugins.strategy(rules.strategy());
                for (ChildSpec below : rules.children()) {
                    String missing = missing(below);
                    if (missing != null) {
                        return missing;
                    }
                }
            }
            return null;
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Makes children, the last of their supervisor in start order. Those that have begun before go on. */
    List<Child> create(Branch parent, List<ChildSpec> specs) {
        List<Child> made = new ArrayList<>(specs.size());
        Set<Child> dependents = new LinkedHashSet<>(0);
        for (ChildSpec spec : specs) {
            Child before = core.children.get(parent.path.child(spec.id()));
            if (before != null) {
                dependents.addAll(before.dependents);
                makeRoom(parent, before);
            }
            Child child = core.create(parent.path.child(spec.id()), spec, parent);
            core.append(child, parent);
            child.decided = true;
            made.add(child);
        }
        made.forEach(child -> core.connect(child, parent));
        for (Child dependent : dependents) {
            core.disconnect(dependent);
            core.connect(dependent, parent);
        }
        made.forEach(Tally::settle);
        return made;
    }

    /** Forgets a child whose id another one takes. Nobody is to begin because the place is empty for a moment. */
    private void makeRoom(Branch parent, Child before) {
        boolean advancing = parent.advancing;
        parent.advancing = true;
        before.dependents.forEach(d -> d.predecessors.remove(before));
        before.dependents = List.of();
        core.discard(before);
        parent.advancing = advancing;
    }

    /** Starts new children, if their supervisor is up and they are wanted. */
    void start(Branch parent, List<Child> added, Batch batch) {
        List<Child> wanted = new ArrayList<>(added.size());
        for (Child child : added) {
            if (child.desired == DesiredState.RUNNING) {
                wanted.add(child);
            }
        }
        if (!parent.isUp()) {
            return;
        }
        wanted.forEach(child -> await(child, Event.Verb.START, batch));
        if (!wanted.isEmpty()) {
            core.order.startInOrder(parent, wanted);
        }
    }

    void await(Child child, Event.Verb verb, Batch batch) {
        batch.await();
        turn.await(child, new Child.Request(0, verb, batch));
    }

    /**
     * Takes a child out of the tree: now if it is down, else as soon as it has stopped.
     *
     * @param successor what takes its place then; it is as much wanted running as the old one is
     */
    void takeOut(Child child, @Nullable ChildSpec successor, Batch batch) {
        await(child, Event.Verb.STOP, batch);
        turn.answerAll(child, Reply.Kind.SUPERSEDED,
                "'" + child.path.shortValue() + "' was taken out of the tree",
                Event.Verb.START, Event.Verb.RESTART, Event.Verb.RESET);
        if (successor != null) {
            child.successor = new Child.Successor(successor, child.desired);
            await(child, Event.Verb.START, batch);
        }
        child.leaving = true;
        child.startWhenGone = false;
        child.desired = DesiredState.STOPPED;
        Tally.settle(child);
        if (Tally.canEnd(child.actual)) {
            core.stops.ask(child, Cause.requested("taken out of the tree"));
        } else if (child.actual == ActualState.ABANDONED) {
            answerStillRunning(child);
        } else {
            core.starts.cancel(child);
            Tally.decided(child);
            core.groups.memberLeft(child);
            leave(child);
        }
    }

    /** Forgets a child that was taken out and is down; what was to come in its place comes, unless something lives on. */
    void leave(Child child) {
        Branch parent = child.parent;
        Child.Successor successor = child.successor;
        if (parent == null || successor == null || Core.holdsLive(child)) {
            answerStillRunning(child);
            core.discard(child);
            if (parent != null) {
                core.starts.check(parent);
            }
            return;
        }
        List<Child.Request> waiting = takeStarts(child);
        Child next = create(parent, List.of(successor.spec())).get(0);
        next.declared = true;
        next.desired = successor.desired();
        next.byApply = parent.isUp() && next.desired == DesiredState.RUNNING;
        next.requests = waiting;
        Applies.order(parent, parent.rules);
        Tally.move(next, next.desired == DesiredState.DONE ? ActualState.COMPLETED : ActualState.STOPPED);
        if (parent.isUp() && next.desired == DesiredState.RUNNING) {
            core.order.startInOrder(parent, List.of(next));
        } else {
            turn.answerAll(next, Reply.Kind.DONE, "", Event.Verb.START);
            core.order.tellDependents(next);
        }
        core.starts.checkAbove(next);
    }

    private void answerStillRunning(Child child) {
        if (Core.holdsLive(child)) {
            String text = "an abandoned instance of '" + child.path.shortValue() + "' still runs";
            turn.answerAll(child, Reply.Kind.STILL_RUNNING, text, Event.Verb.STOP);
            turn.answerAll(child, Reply.Kind.START_FAILED, text, Event.Verb.START);
        }
    }

    /** An abandoned instance has ended: what was out of the tree, and was kept because of it alone, is forgotten. */
    void forgetIfOver(Child ended) {
        for (Child child = ended; child != null; child = child.parent) {
            if (child.removed && (child.leaving || !child.declared) && !Core.holdsLive(child)
                    && core.children.get(child.path) == child) {
                leave(child);
            }
        }
    }

    private static List<Child.Request> takeStarts(Child child) {
        if (child.successor == null) {
            return List.of();
        }
        List<Child.Request> starts = new ArrayList<>();
        List<Child.Request> others = new ArrayList<>();
        child.requests.forEach(r -> (r.verb() == Event.Verb.START ? starts : others).add(r));
        child.requests = others;
        return starts;
    }

    /** Puts the children of a supervisor into another start order. */
    static void reorder(Branch parent, List<Child> order) {
        parent.children.clear();
        order.forEach(parent.children::add);
        Views.renumber(parent);
        if (!parent.pending.isEmpty()) {
            List<Child> pending = new ArrayList<>(parent.pending);
            pending.sort((a, b) -> Integer.compare(a.position, b.position));
            parent.pending.clear();
            parent.pending.addAll(pending);
        }
    }

    static Map<String, Child> byId(Branch parent) {
        Map<String, Child> all = new HashMap<>();
        parent.children.forEach(c -> all.put(c.id(), c));
        return all;
    }
}
