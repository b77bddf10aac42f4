package dev.upkeep.api.breaker;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a call's end says of what was called (C5). Called on the thread of the call, by very many at once: it must be quick,
 * and must not throw. If it throws, the permit is given back uncounted and the caller gets what it threw.
 */
public interface Classification {
    /** A throwable is a failure, everything else a success. */
    Classification STANDARD = new Classification() {
    };

    /** Returns what a call that returned counts as; success by default. */
    default Outcome ofResult(@Nullable Object result) {
        return Outcome.SUCCESS;
    }

    /** Returns what a call that threw counts as; failure by default. */
    default Outcome ofThrowable(Throwable thrown) {
        return Outcome.FAILURE;
    }

    /** Returns the same, but for throwables that say nothing of what was called: they are ignored. */
    default Classification ignoring(Predicate<? super Throwable> ignored) {
        Classification all = this;
        return new Classification() {
            @Override
            public Outcome ofResult(@Nullable Object result) {
                return all.ofResult(result);
            }

            @Override
            public Outcome ofThrowable(Throwable thrown) {
                return ignored.test(thrown) ? Outcome.IGNORED : all.ofThrowable(thrown);
            }
        };
    }

    /** Returns the same, but for results that are failures, as a response with status 503. */
    default Classification failingOn(Predicate<@Nullable Object> failed) {
        Classification all = this;
        return new Classification() {
            @Override
            public Outcome ofResult(@Nullable Object result) {
                return failed.test(result) ? Outcome.FAILURE : all.ofResult(result);
            }

            @Override
            public Outcome ofThrowable(Throwable thrown) {
                return all.ofThrowable(thrown);
            }
        };
    }

    /** The three things an end can count as. */
    enum Outcome {
        SUCCESS, FAILURE,
        /** It says nothing: the permit is given back, and nothing is counted. */
        IGNORED;

        void report(Permit permit, @Nullable Throwable thrown) {
            switch (this) {
                case SUCCESS -> permit.success();
                case FAILURE -> permit.failure(thrown);
                case IGNORED -> permit.ignore();
            }
        }
    }
}
