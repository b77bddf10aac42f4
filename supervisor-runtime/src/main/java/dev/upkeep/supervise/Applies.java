package dev.upkeep.supervise;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Reply;
import dev.upkeep.api.SpecDiff;
import dev.upkeep.api.SpecDiff.Change;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.event.EventKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a living tree what a new spec says (A5). First all is looked at that could be refused, then all is done. */
final class Applies {
    private final Core core;
    private final Turn turn;

    Applies(Core core) {
        this.core = core;
        this.turn = core.turn;
    }

    @SuppressWarnings("ReferenceEquality") // the very spec that the difference was taken from
    void apply(Event.Apply apply) {
        if (apply.basis() != core.spec) {
            turn.answer(apply.request(), Reply.Kind.SUPERSEDED, "another spec was applied meanwhile");
            return;
        }
        if (core.root.actual == ActualState.STOPPING || core.root.isDown()) {
            turn.answer(apply.request(), Reply.Kind.LIMIT, "the tree is on its way out");
            return;
        }
        String fault = faultOf(core.root, apply.spec().root());
        if (fault != null) {
            turn.answer(apply.request(), Reply.Kind.INVALID, fault + "; nothing was changed");
            return;
        }
        if (apply.diff().isEmpty()) {
            core.spec = apply.spec();
            arrange(core.root, apply.spec().root());
            turn.answer(apply.request(), Reply.Kind.UNCHANGED,
                    "nothing is different; children are in the order of the new spec");
            return;
        }
        turn.emit(EventKind.OPERATOR_ACTION, core.root, "apply by " + apply.who());
        turn.emit(EventKind.SPEC_APPLIED, core.root, words(apply.diff()));
        Map<ChildPath, Change> changes = new HashMap<>();
        apply.diff().changes().forEach(c -> changes.put(c.path(), c));
        Batch batch = new Batch(apply.request(), words(apply.diff()));
        batch.await();
        ofTree(apply.spec());
        ofBranch(core.root, apply.spec().root(), changes, batch);
        batch.settle(turn, Reply.Kind.DONE, "");
    }

    private static String words(SpecDiff diff) {
        List<String> parts = new ArrayList<>();
        for (SpecDiff.Kind kind : SpecDiff.Kind.values()) {
            int count = diff.of(kind).size();
            if (count > 0) {
                parts.add(count + " " + kind.word());
            }
        }
        return "applied: " + String.join(", ", parts);
    }

    // ---- what could be refused

    private @Nullable String faultOf(Branch branch, SupervisorSpec rules) {
        try {
            core.plugins.strategy(rules.strategy());
            Set<String> ids = new HashSet<>();
            for (ChildSpec spec : rules.children()) {
                ids.add(spec.id());
                core.plugins.backoff(spec.backoff());
                Child child = core.children.get(branch.path.child(spec.id()));
                if (spec.work() instanceof SupervisorSpec below) {
                    String fault = null;
                    if (child instanceof Branch old) {
                        fault = faultOf(old, below);
                    } else {
                        requirePlugins(below);
                    }
                    if (fault != null) {
                        return fault;
                    }
                }
            }
            int others = 0;
            for (Child child : branch.children) {
                boolean stays = !child.declared && !child.leaving && !ids.contains(child.id());
                others += stays ? 1 : 0;
            }
            int most = rules.maxChildren().orElse(Integer.MAX_VALUE);
            return rules.children().size() + others <= most
                    ? null
                    : "'" + branch.path.shortValue() + "' would have " + (rules.children().size() + others)
                            + " children, " + others + " of them added while it ran, and may have " + most;
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** @throws IllegalArgumentException if one that a new supervisor names is not there */
    private void requirePlugins(SupervisorSpec rules) {
        core.plugins.strategy(rules.strategy());
        for (ChildSpec spec : rules.children()) {
            core.plugins.backoff(spec.backoff());
            if (spec.work() instanceof SupervisorSpec below) {
                requirePlugins(below);
            }
        }
    }

    // ---- what is done

    private void ofTree(TreeSpec spec) {
        TreeSpec before = core.spec;
        core.spec = spec;
        core.root.spec = Core.rootSpec(spec);
        core.gate.change(spec, turn.now);
        core.starts.letThrough();
        core.herds.widened();
        turn.act(new Action.SpecApplied(spec));
        before.breakers().forEach((name, choice) -> {
            // One with other settings, or of another type, is in the same state: what it says of itself comes as its change.
            if (!spec.breakers().containsKey(name)) {
                core.breakers.removed(name);
            }
        });
    }

    private void ofBranch(Branch branch, SupervisorSpec rules, Map<ChildPath, Change> changes, Batch batch) {
        change(branch, rules);
        Map<String, Child> there = Changes.byId(branch);
        branch.gone.forEach(c -> there.putIfAbsent(c.id(), c));
        List<ChildSpec> added = new ArrayList<>();
        List<Runnable> later = new ArrayList<>();
        Set<String> kept = new HashSet<>();
        for (ChildSpec spec : rules.children()) {
            kept.add(spec.id());
            Child child = there.get(spec.id());
            Change change = changes.get(branch.path.child(spec.id()));
            boolean isNew = change != null && change.kind() == SpecDiff.Kind.ADDED;
            if (child != null && (child.leaving || (isNew && child.removed && Core.holdsLive(child)))) {
                later.add(() -> wantedAgain(child, spec, isNew, batch));
            } else if (child != null && isNew && child.removed) {
                core.discard(child);
                added.add(spec);
            } else if (child != null) {
                child.declared = true;
                if (child.provisional) {
                    // It is the spec's from now on, and not the add's to take back.
                    child.provisional = false;
                    child.byApply = true;
                }
                later.add(() -> ofChild(child, spec, change, changes, batch));
            } else if (isNew) {
                added.add(spec);
            }
        }
        for (Child child : there.values()) {
            if (!kept.contains(child.id()) && child.successor != null) {
                child.successor = null;
                turn.answerAll(child, Reply.Kind.SUPERSEDED,
                        "'" + child.path.shortValue() + "' is not wanted any more", Event.Verb.START);
            }
            if (child.declared && !kept.contains(child.id()) && !child.leaving) {
                child.declared = false;
                later.add(() -> remove(child, batch));
            }
        }
        List<Child> made = core.changes.create(branch, added);
        made.forEach(child -> child.declared = true);
        made.forEach(child -> child.byApply = branch.isUp() && child.desired == DesiredState.RUNNING);
        order(branch, rules);
        later.forEach(Runnable::run);
        reconnect(branch);
        core.changes.start(branch, made, batch);
        letGo(branch);
        core.groups.advance(branch);
        core.stops.resume(branch);
        core.starts.check(branch);
    }

    /** A child on its way out is wanted again, or as something else: as soon as it is gone. */
    private void wantedAgain(Child child, ChildSpec spec, boolean isNew, Batch batch) {
        if (child.successor == null && !isNew) {
            // Whoever took it out did so after it was in a spec, and this spec says nothing new of it.
            return;
        }
        DesiredState desired = child.successor != null
                ? child.successor.desired()
                : spec.autostart() ? DesiredState.RUNNING : DesiredState.STOPPED;
        child.leaving = true;
        child.successor = new Child.Successor(spec, desired);
        if (child.isDown() || child.actual == ActualState.ABANDONED) {
            batch.await();
            batch.settle(turn, Reply.Kind.START_FAILED, "'" + child.path.shortValue()
                    + "' starts when its abandoned instance has ended");
        } else {
            core.changes.await(child, Event.Verb.START, batch);
        }
    }

    private void remove(Child child, Batch batch) {
        if (child.removed) {
            core.discard(child);
        } else {
            core.changes.takeOut(child, null, batch);
        }
    }

    /** Takes the order of a spec that has no other difference; that is none of a child's. */
    private void arrange(Branch branch, SupervisorSpec rules) {
        branch.rules = rules;
        order(branch, rules);
        for (ChildSpec spec : rules.children()) {
            if (spec.work() instanceof SupervisorSpec below
                    && core.children.get(branch.path.child(spec.id())) instanceof Branch child
                    && !child.leaving) {
                child.spec = spec;
                arrange(child, below);
            }
        }
        core.stops.resume(branch);
    }

    private void change(Branch branch, SupervisorSpec rules) {
        if (!rules.strategy().equals(branch.rules.strategy())) {
            branch.strategy = core.plugins.strategy(rules.strategy());
        }
        boolean was = branch.sequential;
        branch.rules = rules;
        branch.sequential = Branch.isSequential(rules, branch.strategy);
        branch.budget.change(rules.intensity());
        if (was && !branch.sequential) {
            branch.pending.clear();
            branch.current = null;
        }
        Tally.settle(branch);
    }

    /** The declared children in the order of the spec; those added while it ran stay behind whom they were behind. */
    static void order(Branch branch, SupervisorSpec rules) {
        Map<String, Child> left = Changes.byId(branch);
        List<Child> order = new ArrayList<>(left.size());
        for (ChildSpec spec : rules.children()) {
            Child child = left.remove(spec.id());
            if (child != null) {
                order.add(child);
            }
        }
        List<Child> before = new ArrayList<>(branch.children.size());
        branch.children.forEach(before::add);
        for (Child child : before) {
            if (left.containsKey(child.id())) {
                order.add(child);
            }
        }
        if (!order.equals(before)) {
            Changes.reorder(branch, order);
        }
    }

    private void reconnect(Branch branch) {
        List<Child> all = new ArrayList<>(branch.children.size());
        branch.children.forEach(all::add);
        all.addAll(branch.gone);
        // All at once: to take them from each other one by one is slow where very many come after one.
        for (Child child : all) {
            child.dependents = List.of();
            child.predecessors = List.of();
        }
        for (Child child : all) {
            core.connect(child, branch);
            Views.changed(child);
        }
    }

    /** Children that wait for what they need not wait for any more begin. */
    private void letGo(Branch branch) {
        if (!branch.isUp()) {
            return;
        }
        List<Child> waiting = new ArrayList<>();
        for (Child child : branch.children) {
            if (child.actual == ActualState.WAITING) {
                waiting.add(child);
            }
        }
        if (branch.sequential) {
            waiting.removeAll(branch.pending);
            waiting.removeIf(core.groups::holds);
            if (!waiting.isEmpty()) {
                core.order.startInOrder(branch, waiting);
            } else {
                core.order.advance(branch);
            }
        } else {
            waiting.forEach(core.order::beginIfItsTurn);
            for (Child child : branch.children) {
                if (child.desired == DesiredState.STOPPED) {
                    core.order.decideStranded(child);
                }
            }
        }
    }

    private void ofChild(
            Child child,
            ChildSpec spec,
            @Nullable Change told,
            Map<ChildPath, Change> changes,
            Batch batch) {
        // One that was added while the tree ran is not in the difference.
        Change change = told == null || told.kind() == SpecDiff.Kind.ADDED
                ? SpecDiff.between(child.path, child.spec, spec).stream().findFirst().orElse(null)
                : told;
        // What runs is stopped as what it is; so nothing of it may be read from the spec of another kind.
        if (child.spec.kind() != spec.kind()) {
            beOfAnotherKind(child, spec, batch);
            return;
        }
        boolean otherBreaker = !isSameBreaker(spec.breaker(), child.spec.breaker());
        if (otherBreaker) {
            core.breakers.removeUser(child);
        }
        if (!spec.backoff().equals(child.spec.backoff())) {
            child.backoff = core.plugins.backoff(spec.backoff());
        }
        child.spec = spec;
        if (otherBreaker) {
            child.breaker = Child.breakerOf(child.path, spec);
            child.breakerOpenings = 0;
            core.breakers.addUser(child);
        }
        Tally.settle(child);
        if (child instanceof Branch branch && spec.work() instanceof SupervisorSpec rules) {
            ofBranch(branch, rules, changes, batch);
        }
        if (change != null && child.parent != null && child.parent.isUp() && !child.removed) {
            take(child, change, otherBreaker, batch);
        }
    }

    /**
     * How long a start has to last, and when to charge the budget, is read anew, and no reason to leave the breaker; nor are
     * its own settings, which change in place (C8).
     */
    private static boolean isSameBreaker(Optional<BreakerUse> one, Optional<BreakerUse> other) {
        return one.flatMap(BreakerUse::shared).equals(other.flatMap(BreakerUse::shared))
                && one.flatMap(BreakerUse::own).isPresent() == other.flatMap(BreakerUse::own).isPresent();
    }

    private void beOfAnotherKind(Child child, ChildSpec spec, Batch batch) {
        Branch parent = child.parent;
        if (parent == null) {
            throw new IllegalStateException("the root is always a supervisor");
        }
        if (!child.removed) {
            core.changes.takeOut(child, spec, batch);
            return;
        }
        core.discard(child);
        if (Core.holdsLive(child)) {
            wantedAgain(child, spec, true, batch);
            return;
        }
        // It is temporary and ended: a new generation of the supervisor has it again (R5).
        Child next = core.changes.create(parent, List.of(spec)).get(0);
        next.declared = true;
        core.remove(next);
    }

    /** Lets a changed child take its new spec: now if it read at its start what is different, or waits to start (B7). */
    private void take(Child child, Change change, boolean otherBreaker, Batch batch) {
        boolean restart = change.kind() == SpecDiff.Kind.RESTARTED;
        switch (child.actual) {
            case STARTING, RUNNING -> {
                if (restart) {
                    core.changes.await(child, Event.Verb.START, batch);
                    child.startWhenGone = true;
                    core.stops.ask(child, Cause.requested("its spec has changed"));
                }
            }
            case BACKOFF -> begin(child, batch);
            // Of a breaker that is not its own any more it would hear nothing.
            case SUSPENDED -> {
                if (restart || (otherBreaker && child.suspension == Child.Suspension.BREAKER)) {
                    begin(child, batch);
                }
            }
            case QUEUED -> {
                if (otherBreaker && (child.instance().guard != null || child.herd != null)) {
                    begin(child, batch);
                }
            }
            // The next start reads the new spec; one that is stopped or done stays so.
            case WAITING, STOPPING, STOPPED, COMPLETED, ABANDONED -> {
            }
        }
    }

    private void begin(Child child, Batch batch) {
        if (child.desired != DesiredState.RUNNING) {
            return;
        }
        Failures.forget(child);
        core.changes.await(child, Event.Verb.START, batch);
        core.verbs.startNow(child);
    }
}
