package dev.upkeep.api.child;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why an instance ended, or did not start. Every exit has exactly one; it is what {@code upkeep why} answers with.
 *
 * @param kind what sort of end it was; more kinds may come, so a switch over them needs a default
 * @param status how the process ended, where there was one
 * @param throwable what came out of the component, where something did
 * @param by the check of an unhealthy verdict, the sibling of a group action; empty otherwise
 * @param reason a sentence for a person; empty where the kind says it all
 * @param chain of a supervisor that gave up or could not be started: from its failed child down to the leaf
 */
public record Cause(Kind kind, Optional<ExitStatus> status, Optional<Throwable> throwable, String by,
        String reason,
        List<Link> chain) {
    /** The sorts of ends. */
    public enum Kind {
        REQUESTED, COMPLETED, CRASHED, START_FAILED, START_TIMEOUT, UNHEALTHY, GROUP, GAVE_UP, ABANDONED;

        /** Returns the kind as configuration and JSON write it, as in {@code start-failed}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** One step of the way from a supervisor that gave up to the leaf that failed. */
    public record Link(ChildPath path, Cause cause) {}

    public Cause {
        chain = List.copyOf(chain);
    }

    private static Cause plain(Kind kind, String by, String reason) {
        return new Cause(kind, Optional.empty(), Optional.empty(), by, reason, List.of());
    }

    public static Cause requested() {
        return plain(Kind.REQUESTED, "", "");
    }

    public static Cause requested(String reason) {
        return plain(Kind.REQUESTED, "", reason);
    }

    public static Cause completed() {
        return plain(Kind.COMPLETED, "", "");
    }

    public static Cause completed(ExitStatus status) {
        return completed().with(status);
    }

    public static Cause crashed(ExitStatus status) {
        return plain(Kind.CRASHED, "", "").with(status);
    }

    public static Cause crashed(Throwable throwable) {
        return crashed(throwable, wordsOf(throwable));
    }

    /** Returns the cause with what was thrown, told in words that somebody else found already. */
    public static Cause crashed(Throwable throwable, String reason) {
        return plain(Kind.CRASHED, "", reason).with(throwable);
    }

    public static Cause startFailed(String reason) {
        return plain(Kind.START_FAILED, "", reason);
    }

    public static Cause startFailed(String reason, @Nullable Throwable throwable) {
        return throwable == null
                ? startFailed(reason)
                : startFailed(reason.isEmpty() ? wordsOf(throwable) : reason + ": " + wordsOf(throwable))
                        .with(throwable);
    }

    public static Cause startFailed(String reason, List<Link> chain) {
        return new Cause(Kind.START_FAILED, Optional.empty(), Optional.empty(), "", reason, chain);
    }

    public static Cause startTimeout(String reason) {
        return plain(Kind.START_TIMEOUT, "", reason);
    }

    public static Cause unhealthy(String check, String reason) {
        return plain(Kind.UNHEALTHY, check, reason);
    }

    public static Cause group(String sibling) {
        return plain(Kind.GROUP, sibling, "");
    }

    public static Cause gaveUp(String reason, List<Link> chain) {
        return new Cause(Kind.GAVE_UP, Optional.empty(), Optional.empty(), "", reason, chain);
    }

    public static Cause abandoned(String reason) {
        return plain(Kind.ABANDONED, "", reason);
    }

    /** Returns the same cause with the status the process ended with. */
    public Cause with(ExitStatus exit) {
        return new Cause(kind, Optional.of(exit), throwable, by, reason, chain);
    }

    /** Returns the same cause with what was thrown. */
    public Cause with(Throwable thrown) {
        return new Cause(kind, status, Optional.of(thrown), by, reason, chain);
    }

    /** Returns the same cause, and that it threw all the same, in words that somebody else found already (S7). */
    public Cause threw(Throwable thrown, String words) {
        return new Cause(kind, status, Optional.of(thrown), by,
                reason.isEmpty() ? "threw " + words : reason + "; threw " + words, chain);
    }

    /** Asks a stranger's exception for its words; they are found once, where it was caught. */
    private static String wordsOf(Throwable throwable) {
        try {
            return throwable.toString();
        } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
            return throwable.getClass().getName();
        }
    }

    /**
     * Returns the same cause without the thrown object: what is kept of an end must not keep alive all that an exception
     * refers to. The words stay.
     */
    public Cause remembered() {
        boolean plain = throwable.isEmpty() && chain.stream().allMatch(l -> l.cause().throwable().isEmpty());
        return plain
                ? this
                : new Cause(kind, status, Optional.empty(), by, reason,
                        chain.stream()
                                .map(l -> new Link(l.path(), l.cause().remembered()))
                                .collect(Collectors.toList()));
    }

    /** Returns whether the rules of restart take the end for a failure (R2). */
    public boolean isAbnormal() {
        return kind != Kind.REQUESTED && kind != Kind.COMPLETED && kind != Kind.GROUP;
    }

    /** Returns the cause in one line, as in {@code unhealthy(heartbeat: silent for 10s)}. */
    @Override
    public String toString() {
        String detail = switch (kind) {
            case CRASHED, COMPLETED -> status.map(Object::toString).orElse(reason);
            case UNHEALTHY -> by + ": " + reason;
            case GROUP -> by;
            case GAVE_UP -> chain.isEmpty()
                    ? reason
                    : reason + ": " + chain.get(chain.size() - 1).path().shortValue() + " "
                            + chain.get(chain.size() - 1).cause();
            case REQUESTED, START_FAILED, START_TIMEOUT, ABANDONED -> reason;
        };
        return detail.isEmpty() ? kind.word() : kind.word() + "(" + detail + ")";
    }
}
