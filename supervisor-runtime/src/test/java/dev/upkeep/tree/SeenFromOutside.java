package dev.upkeep.tree;

import dev.upkeep.api.Ending;
import dev.upkeep.api.Reply;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildKind;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.event.TreeListener;
import dev.upkeep.tree.SimulatedChildren.Run;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What everyone can see of a loop, held against what its ports know, after every step. */
final class SeenFromOutside {
    private static final EventKind[] KINDS = EventKind.values();

    /** Hears the tree, and throws at times if it is a bad one. */
    private final class Ear implements TreeListener {
        final boolean fromTheBeginning;
        final boolean throwing;
        final long[] heard = new long[KINDS.length];
        long lost;
        long last;
        long lastNanos = Long.MIN_VALUE;

        Ear(boolean fromTheBeginning, boolean throwing) {
            this.fromTheBeginning = fromTheBeginning;
            this.throwing = throwing;
        }

        @Override
        @SuppressWarnings("EnumOrdinal") // an array by kind
        public void on(TreeEvent event) {
            heard[event.kind().ordinal()]++;
            world.demand(last == 0 && !fromTheBeginning || event.sequence() == last + 1,
                    () -> "E1: event " + event.sequence() + " comes after " + last);
            world.demand(event.nanos() >= lastNanos,
                    () -> "E1: time does not go back at " + event.sequence());
            world.demand(event.nanos() <= world.now(),
                    () -> "E1: an event of the future, " + event.sequence());
            last = event.sequence();
            lastNanos = event.nanos();
            if (!throwing) {
                world.tell(() -> "            " + event.kind() + " " + event.path().shortValue() + "#"
                        + event.generation() + " " + event.text());
            } else if (event.sequence() % 3 == 0) {
                throw new IllegalStateException("a listener on purpose");
            }
        }

        @Override
        public void lost(long events) {
            lost += events;
            last += events;
        }

        void check() {
            if (!fromTheBeginning) {
                return;
            }
            long all = lost;
            long counted = 0;
            for (EventKind kind : KINDS) {
                all += heard[kind.ordinal()];
                counted += loop.count(kind);
                world.demand(heard[kind.ordinal()] <= loop.count(kind)
                        && heard[kind.ordinal()] + lost >= loop.count(kind),
                        () -> "E3: " + heard[kind.ordinal()] + " and " + lost + " lost, but "
                                + loop.count(kind) + " of " + kind);
            }
            boolean same = all == counted && last == counted;
            String sums = same ? "" : all + ", the last was " + last + ", counted " + counted;
            world.demand(same,
                    () -> "E2: heard and lost " + sums);
        }
    }

    private record Asked(String what, CompletableFuture<Reply> reply) {}

    private final VirtualWorld world;
    private final TreeLoop loop;
    private final SimulatedChildren children;
    private final List<Ear> ears = new ArrayList<>();
    private final List<Asked> asked = new ArrayList<>();
    private final long shutdownTimeout;
    private long deadline = Long.MAX_VALUE;
    private boolean over;

    SeenFromOutside(VirtualWorld world, TreeLoop loop, SimulatedChildren children) {
        this.world = world;
        this.loop = loop;
        this.children = children;
        this.shutdownTimeout = loop.spec().shutdownTimeout().toNanos();
        listen(true, true);
        listen(true, false);
    }

    void listen(boolean fromTheBeginning, boolean throwing) {
        Ear ear = new Ear(fromTheBeginning, throwing);
        ears.add(ear);
        loop.listen(ear);
    }

    void asked(String what, CompletableFuture<Reply> reply) {
        asked.add(new Asked(what, reply));
    }

    long requests() {
        return asked.size();
    }

    /** From the step that hears of it on, the deadline runs. */
    void shutdownAsked() {
        deadline = Math.min(deadline, world.now() + shutdownTimeout);
    }

    void check() {
        ears.forEach(Ear::check);
        if (loop.ended().isDone()) {
            if (!over) {
                over = true;
                checkLeftRunning();
            }
            return;
        }
        world.demand(loop.nextTimer() > world.now(), () -> "a timer is due, and the loop has not seen it");
        world.demand(world.now() < deadline, () -> "S8: the deadline of the shutdown has passed");
        checkSnapshot();
        for (var checked : children.checked) {
            world.demand(children.lives(checked), () -> "H: " + checked + " is gone, and its checks go on");
        }
    }

    private void checkLeftRunning() {
        Ending ending = loop.ended().join();
        Set<ChildPath> live = children.live.stream()
                .map(r -> r.instance.path())
                .collect(Collectors.toSet());
        // Those that were killed at the deadline are named too: nobody has seen them end.
        world.demand(Set.copyOf(ending.leftRunning()).containsAll(live),
                () -> "S8: left running are said to be " + ending.leftRunning() + ", and are " + live);
    }

    private void checkSnapshot() {
        Map<ChildPath, List<Run>> runs = new HashMap<>();
        children.live.forEach(
                run -> runs.computeIfAbsent(run.instance.path(), p -> new ArrayList<>()).add(run));
        checkSnapshot(loop.snapshot(), runs);
        runs.values()
                .forEach(left -> left.forEach(run -> world.demand(run.revoked,
                        () -> "S6: " + run.instance + " lives, and the tree does not know it")));
    }

    private void checkSnapshot(ChildStatus status, Map<ChildPath, List<Run>> runs) {
        status.children().forEach(child -> checkSnapshot(child, runs));
        List<Run> of = runs.remove(status.path());
        if (status.kind() == ChildKind.SUPERVISOR) {
            world.demand(of == null || of.stream().allMatch(r -> r.revoked),
                    () -> "a supervisor has no instance");
            return;
        }
        List<Run> live = of == null ? List.of() : of;
        Run current = current(live, status);
        Supplier<String> words = () -> status.path().shortValue() + "#" + status.generation() + " is "
                + status.actual();
        world.demand(status.actual().isLive() == (current != null),
                () -> "A3: " + words.get() + ", but live are " + live.stream().map(r -> r.instance).toList());
        world.demand(status.actual() != ActualState.RUNNING || current == null || current.told,
                () -> "A3: " + words.get() + ", but it has not begun");
        world.demand(live.stream().filter(r -> !r.revoked).count() <= 1,
                () -> "S6: two live instances, " + words.get());
        world.demand(live.size() - (current == null ? 0 : 1) == status.abandoned(),
                () -> "S5: " + words.get() + " and " + status.abandoned() + " abandoned, but live are "
                        + live.stream().map(r -> r.instance).toList());
    }

    /** Returns the instance that the state speaks of: not one that was abandoned for another. */
    private static @Nullable Run current(List<Run> live, ChildStatus status) {
        for (Run run : live) {
            if (run.instance.generation() == status.generation()
                    && run.revoked == (status.actual() == ActualState.ABANDONED)) {
                return run;
            }
        }
        return null;
    }

    private void checkAnswered() {
        for (Asked one : asked) {
            world.demand(one.reply.isDone(), () -> "A1: no answer by the end to " + one.what);
        }
    }

    void checkEnd() {
        world.demand(loop.ended().isDone(), () -> "S8: the tree has not ended by its deadline");
        world.throwViolation();
        world.demand(loop.started().isDone(), () -> "whoever waits for the start is told of the end");
        // Before anyone asks once more, which would answer them as well.
        checkAnswered();
        CompletableFuture<Reply> late = loop.ask(dev.upkeep.supervise.Event.Verb.START,
                loop.snapshot().path(), "test");
        world.demand(late.isDone() && late.join().kind() == Reply.Kind.SUPERSEDED,
                () -> "A1: who asks after the end is answered at once");
    }
}
