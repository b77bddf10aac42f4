package dev.upkeep.api.breaker;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A call that completes later, with the permit that is to be reported on then. */
final class AsyncCall {
    private AsyncCall() {}

    static <T> CompletionStage<T> run(
            Supplier<? extends CompletionStage<T>> call,
            Permit permit,
            Classification classification) {
        CompletionStage<T> stage;
        try {
            stage = Objects.requireNonNull(call.get(), "the call returned no stage");
        } catch (Throwable t) {
            return failed(t, permit, classification);
        }
        return stage.whenComplete((result, thrown) -> {
            try (Permit held = permit) {
                if (thrown == null) {
                    classification.ofResult(result).report(held, null);
                } else {
                    Throwable itself = itself(thrown);
                    classification.ofThrowable(itself).report(held, itself);
                }
            }
        });
    }

    private static <T> CompletionStage<T> failed(
            Throwable thrown,
            Permit permit,
            Classification classification) {
        try (Permit held = permit) {
            classification.ofThrowable(thrown).report(held, thrown);
        }
        return CompletableFuture.failedFuture(thrown);
    }

    private static Throwable itself(Throwable thrown) {
        Throwable cause = thrown.getCause();
        return thrown instanceof CompletionException && cause != null ? cause : thrown;
    }
}
