package dev.upkeep.tree;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Ending;
import dev.upkeep.api.Reply;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.supervise.Action;
import dev.upkeep.supervise.Consultation;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.Timer;
import dev.upkeep.supervise.Tree;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the owner of a loop does, and all that belongs to it: the core, its timers, what it waits to be advised on. Nothing
 * of it is on a thread's stack while plugins are asked, so that another thread can go on from there.
 */
final class Decisions {
    private static final Logger log = LoggerFactory.getLogger(Decisions.class);
    /** Shared by all instances without checks, which alone would read it: it takes nothing in. */
    private static final Vitals UNREAD = new Vitals();

    static {
        UNREAD.revoke();
    }

    private final Tree tree;
    private final Ticker ticker;
    private final InstantSource clock;
    private final Publication publication;
    private final Map<Long, CompletableFuture<Reply>> requests;
    private final Function<Consultation, Event.@Nullable Advised> plugins;
    private final TimerQueue timers = new TimerQueue();
    /** Of those children that have checks. */
    private final Map<ChildPath, Vitals> vitals = new HashMap<>();
    private final Deque<Consultation> questions = new ArrayDeque<>();
    private @Nullable Ports ports;
    private @Nullable Ending ending;
    private @Nullable Instant wall;
    private boolean startIsOver;
    private long count;

    /**
     * Makes the decisions of a tree that stands still.
     *
     * @param requests those that wait for an answer, by number
     * @param plugins asks strategies and back-offs; nothing if the caller is the loop's owner no more
     */
    Decisions(Tree tree, Ticker ticker, InstantSource clock, Publication publication,
            Map<Long, CompletableFuture<Reply>> requests,
            Function<Consultation, Event.@Nullable Advised> plugins) {
        this.tree = tree;
        this.ticker = ticker;
        this.clock = clock;
        this.publication = publication;
        this.requests = requests;
        this.plugins = plugins;
    }

    void connect(Ports world) {
        ports = world;
    }

    /** Returns the spec applied last. For any thread. */
    TreeSpec spec() {
        return tree.spec();
    }

    /** Returns the spec of a child, as it was applied or added last. For any thread. */
    Optional<ChildSpec> specOf(ChildPath path) {
        return tree.specOf(path);
    }

    /** Returns how the tree has ended; nothing while it has not. */
    @Nullable
    Ending ending() {
        return ending;
    }

    /** Returns how many events were decided on. */
    long count() {
        return count;
    }

    boolean startIsOver() {
        return startIsOver;
    }

    /** Returns when the next timer is due, counted from a moment in the past; the greatest long for never. */
    long nextTimerSince(long origin) {
        return timers.nextSince(origin);
    }

    boolean hasDue() {
        return timers.isDue(ticker.nanos());
    }

    /** Returns whether plugins are to be asked before anything else. */
    boolean hasQuestions() {
        return !questions.isEmpty();
    }

    /** Has this asked before anything else: it stands in the place of the question that is not answered. */
    void askInstead(Consultation consultation) {
        questions.addFirst(consultation);
    }

    /**
     * Decides on what is due and on what is queued.
     *
     * @param most how many events at most
     * @param until when to leave the rest, on the ticker
     * @param mayAsk whether plugins may be asked on this thread; if not it stops where one would be
     * @return whether the caller is the loop's owner still
     */
    boolean drain(Queue<Event> queue, int most, long until, boolean mayAsk) {
        if (!mayAsk && !questions.isEmpty()) {
            return true;
        }
        if (!askAll()) {
            return false;
        }
        for (int left = most; left > 0 && ending == null; left--) {
            long now = ticker.nanos();
            Timer due = timers.takeDue(now);
            Event event = due != null ? new Event.TimerDue(due) : queue.poll();
            if (event == null) {
                return true;
            }
            decide(event, now);
            if (!questions.isEmpty() && (!mayAsk || !askAll())) {
                return !mayAsk;
            }
            if (now - until >= 0) {
                return true;
            }
        }
        return true;
    }

    /** Asks the plugins what there is to ask, and decides on what they say. Returns whether the caller is still the owner. */
    private boolean askAll() {
        for (Consultation next = questions.poll(); next != null && ending == null; next = questions.poll()) {
            Event.Advised advice = plugins.apply(next);
            if (advice == null) {
                // Whoever took over touches all this by now.
                return false;
            }
            decide(advice, ticker.nanos());
        }
        return true;
    }

    private void decide(Event event, long now) {
        count++;
        wall = null;
        List<Action> actions = decisionOn(event, now);
        for (int i = 0; i < actions.size(); i++) {
            Action action = actions.get(i);
            try {
                perform(action, now);
            } catch (Throwable t) {
                log.atError()
                        .setCause(t)
                        .addKeyValue("action", action.getClass().getSimpleName())
                        .log("an action could not be carried out; the loop goes on");
            }
        }
    }

    private List<Action> decisionOn(Event event, long now) {
        try {
            return tree.decide(event, now);
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            log.atError()
                    .setCause(e)
                    .addKeyValue("event", event.getClass().getSimpleName())
                    .log("a fault in the decision core; what it had decided on is done, and the loop goes on");
            return tree.decidedSoFar();
        }
    }

    private void perform(Action action, long now) {
        Ports world = Objects.requireNonNull(ports);
        switch (action) {
            case Action.Start start ->
                world.of(start.spec()).start(start.instance(), start.spec(), vitalsFor(start));
            case Action.Stop stop -> world.of(stop.spec()).stop(stop.instance(), stop.rule(), stop.save());
            case Action.Kill kill -> world.of(kill.spec()).kill(kill.instance());
            case Action.Revoke revoke -> world.of(revoke.spec()).revoke(revoke.instance());
            case Action.BeginChecks begin -> world.probes()
                    .begin(begin.instance(), begin.spec(),
                            vitals.getOrDefault(begin.instance().path(), UNREAD), begin.pid());
            case Action.EndChecks end -> world.probes().end(end.instance());
            case Action.Acquire acquire ->
                world.breakers()
                        .acquire(acquire.breaker(), acquire.instance(), acquire.byHand(), acquire.lease());
            case Action.Report report ->
                world.breakers().report(report.breaker(), report.permit(), report.result());
            case Action.ResetBreaker reset -> world.breakers().reset(reset.breaker());
            case Action.SetTimer set -> timers.set(set.timer());
            case Action.CancelTimer cancel -> timers.cancel(cancel.timer());
            case Action.Consult consult -> questions.add(consult.consultation());
            case Action.Forget forget -> {
                vitals.remove(forget.path());
                world.of(forget.spec()).forget(forget.path());
                world.breakers().forget(forget.path(), forget.spec());
            }
            case Action.SpecApplied applied -> world.breakers().applied(applied.spec());
            case Action.Emit emit -> publication.emit(emit, wall(), now);
            case Action.Answer answer -> {
                CompletableFuture<Reply> request = requests.remove(answer.request());
                if (request != null) {
                    publication.answer(request, answer.reply());
                }
            }
            case Action.TreeStarted() -> startIsOver = true;
            case Action.TreeEnded(Ending how) -> ending = how;
        }
    }

    private Vitals vitalsFor(Action.Start start) {
        if (start.spec().health().isEmpty() && !start.spec().hasReadiness()) {
            return UNREAD;
        }
        Vitals fresh = new Vitals();
        vitals.put(start.instance().path(), fresh);
        return fresh;
    }

    /** Read once per decision: all that follows from one event happened at one time. */
    private Instant wall() {
        Instant read = wall;
        if (read == null) {
            read = clock.instant();
            wall = read;
        }
        return read;
    }

    ChildStatus view() {
        return tree.view(ticker.nanos(), clock.instant());
    }
}
