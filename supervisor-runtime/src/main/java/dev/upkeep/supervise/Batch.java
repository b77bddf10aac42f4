package dev.upkeep.supervise;

import dev.upkeep.api.Reply;
import java.util.ArrayList;
import java.util.List;

/** A request that is done when several children are where it wants them. */
final class Batch {
    private final long request;
    private final String done;
    private final List<String> failures = new ArrayList<>();
    private Reply.Kind kind = Reply.Kind.DONE;
    private int open;

    Batch(long request, String done) {
        this.request = request;
        this.done = done;
    }

    void await() {
        open++;
    }

    /** Notes what became of one child; answers when it was the last. */
    void settle(Turn turn, Reply.Kind outcome, String text) {
        open--;
        if (!outcome.isSuccess()) {
            kind = outcome == Reply.Kind.START_FAILED || kind == Reply.Kind.DONE ? outcome : kind;
            failures.add(text);
        }
        if (open == 0) {
            turn.answer(request, kind, failures.isEmpty() ? done : String.join("; ", failures));
        }
    }
}
