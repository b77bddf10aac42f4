package dev.upkeep.supervise;

import dev.upkeep.api.Reply;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.settings.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** One step of the core: the time it happens at, and the actions it has decided on so far. */
final class Turn {
    long now;
    List<Action> actions = new ArrayList<>();

    void act(Action action) {
        actions.add(action);
    }

    void emit(EventKind kind, Child child, String text) {
        emit(kind, child, () -> text);
    }

    void emit(EventKind kind, Child child, Supplier<String> words) {
        emit(kind, child, words, Optional.empty(), Optional.empty());
    }

    void emit(EventKind kind, Child child, String text, Optional<Cause> cause, Optional<Duration> delay) {
        emit(kind, child, () -> text, cause, delay);
    }

    /** Tells something of a run that may be over, even if its child is gone. */
    void note(Event.Noted noted) {
        act(new Action.Emit(noted.kind(), noted.instance().path(), noted.instance().generation(), noted::text,
                Optional.empty(), Optional.empty(), Optional.empty(), List.of(), Optional.empty()));
    }

    void emit(
            EventKind kind,
            Child child,
            Supplier<String> words,
            Optional<Cause> cause,
            Optional<Duration> delay) {
        act(new Action.Emit(kind, child.path, child.generation, words, cause, delay, Optional.empty(),
                List.of(), Optional.empty()));
    }

    /** Sets the child's timer of that kind; an earlier one of the kind is no longer meant. */
    void setTimer(Timer.Kind kind, Child child, long at) {
        cancelTimer(kind, child);
        Timer timer = new Timer(kind, child, at);
        timer.next = child.timers;
        child.timers = timer;
        act(new Action.SetTimer(timer));
    }

    /** Sets the child's timer of that kind to so much from now on, if it is set and that is later. */
    void extendTimer(Timer.Kind kind, Child child, Duration time) {
        long at = later(now, Durations.saturatedNanos(time));
        for (Timer timer = child.timers; timer != null; timer = timer.next) {
            if (timer.kind() == kind) {
                if (at - timer.at() > 0) {
                    setTimer(kind, child, at);
                }
                return;
            }
        }
    }

    void cancelTimer(Timer.Kind kind, Child child) {
        for (Timer timer = child.timers; timer != null; timer = timer.next) {
            if (timer.kind() == kind) {
                unlink(timer);
                act(new Action.CancelTimer(timer));
                return;
            }
        }
    }

    /** Takes a timer that came; says whether it is still meant. */
    @SuppressWarnings("ReferenceEquality") // the very timer, and not one of the same kind set later
    boolean takeTimer(Timer timer) {
        for (Timer meant = timer.child.timers; meant != null; meant = meant.next) {
            if (meant == timer) {
                unlink(timer);
                return true;
            }
        }
        return false;
    }

    @SuppressWarnings("ReferenceEquality")
    private static void unlink(Timer timer) {
        Child child = timer.child;
        if (child.timers == timer) {
            child.timers = timer.next;
            return;
        }
        for (Timer before = child.timers; before != null; before = before.next) {
            if (before.next == timer) {
                before.next = timer.next;
                return;
            }
        }
    }

    /** Cancels the timers of the instance that ended; not those of its next start. */
    void cancelTimersOfInstance(Child child) {
        if (child.timers != null) {
            cancelTimer(Timer.Kind.START_TIMEOUT, child);
            cancelTimer(Timer.Kind.STOP_TIMEOUT, child);
            cancelTimer(Timer.Kind.KILL_AGAIN, child);
            cancelTimer(Timer.Kind.STABLE, child);
        }
    }

    void cancelTimers(Child child) {
        for (Timer timer = child.timers; timer != null; timer = timer.next) {
            act(new Action.CancelTimer(timer));
        }
        child.timers = null;
    }

    void answer(long request, Reply.Kind kind, String text) {
        act(new Action.Answer(request, new Reply(kind, text)));
    }

    /** Answers those of the child's requests whose verb is one of these. */
    void answerAll(Child child, Reply.Kind kind, String text, Event.Verb... verbs) {
        if (child.requests.isEmpty()) {
            return;
        }
        List<Event.Verb> wanted = List.of(verbs);
        List<Child.Request> all = child.requests;
        child.requests = List.of();
        for (Child.Request request : all) {
            if (!wanted.contains(request.verb())) {
                await(child, request);
            } else if (request.batch() != null) {
                request.batch().settle(this, kind, text);
            } else {
                answer(request.number(), kind, text);
            }
        }
    }

    /** Keeps a request until what it asks for has happened. */
    void await(Child child, Child.Request request) {
        List<Child.Request> more = new ArrayList<>(child.requests);
        more.add(request);
        child.requests = more;
    }

    /** Returns now plus the delay, and the greatest time for a sum beyond it. */
    static long later(long now, long delayNanos) {
        long sum = now + delayNanos;
        return delayNanos > 0 && sum < now ? Long.MAX_VALUE : sum;
    }
}
