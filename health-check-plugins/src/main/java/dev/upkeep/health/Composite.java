package dev.upkeep.health;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.settings.Choice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks its members all at once, and answers with the answer in the place that the mode says. */
final class Composite implements HealthCheck {
    private static final int MOST_OF_A_REASON = 300;

    /** @param name the type, with a number where it is there twice */
    private record Member(String name, HealthCheck check) {}

    /** What came of asking a member. */
    private sealed interface Answer {
        record Saw(Health health) implements Answer {}

        record Failed(Throwable thrown) implements Answer {}

        /** Returns its place in the order of H8, the best first. */
        default Worth worth() {
            return switch (this) {
                case Saw(Health.Healthy healthy) -> Worth.HEALTHY;
                case Failed failed -> Worth.UNKNOWN;
                case Saw(Health.Degraded degraded) -> Worth.DEGRADED;
                case Saw(Health.Unhealthy unhealthy) -> Worth.UNHEALTHY;
            };
        }

        default String words() {
            return switch (this) {
                case Saw(Health.Healthy healthy) -> "";
                case Failed(Throwable thrown) -> "failed itself, " + thrown;
                case Saw(Health.Degraded(String reason)) -> reason;
                case Saw(Health.Unhealthy(String reason)) -> reason;
            };
        }
    }

    private enum Worth {
        HEALTHY, UNKNOWN, DEGRADED, UNHEALTHY
    }

    /** @param member its index */
    private record Arrived(int member, Answer answer) {}

    private final List<Member> members;
    private final int needed;
    private final String threadPrefix;

    private Composite(List<Member> members, int needed, String threadPrefix) {
        this.members = members;
        this.needed = needed;
        this.threadPrefix = threadPrefix;
    }

    /** Makes the members; if one cannot be made, those before it are closed. */
    static Composite of(CompositeFactory.Settings settings, CheckContext context) {
        List<Member> members = new ArrayList<>();
        List<Choice> checks = settings.checks();
        try {
            for (int i = 0; i < checks.size(); i++) {
                members.add(new Member(name(checks, i), context.make(checks.get(i))));
            }
        } catch (Throwable t) {
            closeAll(members).ifPresent(t::addSuppressed);
            throw t;
        }
        return new Composite(List.copyOf(members), settings.needed(), "probe-" + context.path() + "-");
    }

    private static String name(List<Choice> checks, int index) {
        String type = checks.get(index).type();
        boolean alone = checks.stream().filter(check -> check.type().equals(type)).count() == 1;
        return alone ? type : type + "#" + (index + 1);
    }

    @Override
    public Health probe() throws InterruptedException {
        BlockingQueue<Arrived> arrivals = new LinkedBlockingQueue<>();
        List<Thread> running = new ArrayList<>();
        SortedMap<Integer, Answer> answers = new TreeMap<>();
        try {
            for (int i = 0; i < members.size(); i++) {
                running.add(start(i, arrivals));
            }
            int healthy = 0;
            while (healthy < needed && answers.size() < members.size()) {
                Arrived arrived = arrivals.take();
                if (arrived.answer() instanceof Answer.Failed(OutOfMemoryError error)) {
                    throw error;
                }
                answers.put(arrived.member(), arrived.answer());
                healthy += arrived.answer().worth() == Worth.HEALTHY ? 1 : 0;
            }
            return healthy >= needed ? Health.healthy() : judged(answers);
        } finally {
            endAll(running);
        }
    }

    private Health judged(SortedMap<Integer, Answer> answers) {
        Worth decisive = answers.values().stream().map(Answer::worth).sorted().toList().get(needed - 1);
        String reason = answers.entrySet()
                .stream()
                .filter(e -> e.getValue().worth() != Worth.HEALTHY)
                .map(e -> members.get(e.getKey()).name() + ": "
                        + Excerpt.of(e.getValue().words(), MOST_OF_A_REASON))
                .collect(Collectors.joining("; "));
        return switch (decisive) {
            case HEALTHY -> Health.healthy();
            case UNKNOWN -> throw failure(answers.values(), reason);
            case DEGRADED -> Health.degraded(reason);
            case UNHEALTHY -> Health.unhealthy(reason);
        };
    }

    private static IllegalStateException failure(Collection<Answer> answers, String reason) {
        IllegalStateException failure = new IllegalStateException(reason);
        for (Answer answer : answers) {
            if (answer instanceof Answer.Failed(Throwable thrown)) {
                failure.addSuppressed(thrown);
            }
        }
        return failure;
    }

    private Thread start(int index, BlockingQueue<Arrived> arrivals) {
        Member member = members.get(index);
        Thread thread = Thread.ofVirtual()
                .name(threadPrefix + member.name())
                .unstarted(() -> arrivals.add(new Arrived(index, ask(member))));
        // The member may be of another plugin than this one.
        thread.setContextClassLoader(member.check().getClass().getClassLoader());
        thread.start();
        return thread;
    }

    private static Answer ask(Member member) {
        try {
            @Nullable
            Health health = member.check().probe();
            return health == null
                    ? new Answer.Failed(new IllegalStateException("it answered nothing"))
                    : new Answer.Saw(health);
        } catch (Throwable t) {
            return new Answer.Failed(t);
        }
    }

    /** Interrupts all and waits for them, however long it takes: a member never runs twice at once (H6). */
    private static void endAll(List<Thread> threads) {
        threads.forEach(Thread::interrupt);
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws Exception {
        Optional<Throwable> failure = closeAll(members);
        if (failure.isPresent()) {
            if (failure.get() instanceof Error error) {
                throw error;
            }
            throw (Exception) failure.get();
        }
    }

    /** Closes each, whatever the others throw, and returns that. */
    private static Optional<Throwable> closeAll(List<Member> members) {
        Throwable failure = null;
        for (Member member : members) {
            try {
                member.check().close();
            } catch (Throwable t) {
                if (failure == null) {
                    failure = t;
                } else if (!failure.equals(t)) {
                    failure.addSuppressed(t);
                }
            }
        }
        return Optional.ofNullable(failure);
    }
}
