package dev.upkeep.control;

import dev.upkeep.api.Reply;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.child.ChildPath;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/** What can be asked of one child. */
enum Verb {
    START(Supervisor::start), STOP(Supervisor::stop), RESTART(Supervisor::restart), RESET(Supervisor::reset);

    private final BiFunction<Supervisor, ChildPath, CompletableFuture<Reply>> ask;

    Verb(BiFunction<Supervisor, ChildPath, CompletableFuture<Reply>> ask) {
        this.ask = ask;
    }

    CompletableFuture<Reply> ask(Supervisor tree, ChildPath path) {
        return ask.apply(tree, path);
    }

    static Optional<Verb> named(String word) {
        for (Verb verb : values()) {
            if (StatusJson.word(verb).equals(word)) {
                return Optional.of(verb);
            }
        }
        return Optional.empty();
    }
}
