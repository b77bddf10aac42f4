package dev.upkeep.app;

import dev.upkeep.api.Applied;
import dev.upkeep.api.Ending;
import dev.upkeep.api.Reply;
import dev.upkeep.api.SpecDiff;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.config.Configuration;
import dev.upkeep.config.ConfigurationException;
import dev.upkeep.config.ConfigurationReader;
import dev.upkeep.state.RequestedStops;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the tree what its configuration says now (P18). A file with problems changes nothing; they are told as
 * {@code upkeep check} tells them.
 */
final class Reload {
    private static final Logger log = LoggerFactory.getLogger(Reload.class);

    private final Path file;
    private final ConfigurationReader reader;
    private final Supervisor tree;
    private final RequestedStops stops;
    private final Secrets secrets;
    private final Consumer<String> view;
    private final PrintStream err;
    private final AtomicInteger asked = new AtomicInteger();

    /** @param view takes lines about no child */
    Reload(Path file, ConfigurationReader reader, Supervisor tree, RequestedStops stops, Secrets secrets,
            Consumer<String> view, PrintStream err) {
        this.file = file;
        this.reader = reader;
        this.tree = tree;
        this.stops = stops;
        this.secrets = secrets;
        this.view = view;
        this.err = err;
    }

    /**
     * Reads the file on this thread and asks the tree for what is different; does not wait until that has happened. What is
     * asked while another thread is at it is done by that one, once for all: the file is read after the last request.
     */
    void ask() {
        if (asked.getAndIncrement() > 0) {
            return;
        }
        int done;
        do {
            done = asked.get();
            try {
                reload();
            } catch (RuntimeException | Error e) {
                failed(e);
            }
        } while (asked.addAndGet(-done) > 0);
    }

    private void failed(Throwable e) {
        try {
            log.atError()
                    .addKeyValue("file", file)
                    .setCause(e)
                    .log("the configuration could not be applied");
            view.accept("the configuration was not applied: " + e);
        } catch (OutOfMemoryError again) {
            // Said or not: the next request is to be heard, and would never be if this one did not end.
            return;
        }
    }

    private void reload() {
        if (isOnItsWayOut()) {
            view.accept("the configuration is not read again: the tree is on its way out");
            return;
        }
        Configuration configuration;
        try {
            configuration = reader.read(file);
        } catch (ConfigurationException e) {
            err.println(e.getMessage());
            view.accept("the configuration was not applied: " + file + " has "
                    + (e.problems().size() == 1 ? "a problem" : e.problems().size() + " problems")
                    + "; nothing was changed");
            return;
        }
        // Before anything could show one.
        secrets.add(configuration);
        apply(stops.applyTo(configuration.tree(), tree.spec()));
    }

    private boolean isOnItsWayOut() {
        return tree.ended().isDone() || tree.status().actual() == ActualState.STOPPING;
    }

    private void apply(TreeSpec spec) {
        CompletableFuture<Applied> applied;
        try {
            applied = tree.apply(spec);
        } catch (IllegalArgumentException e) {
            view.accept("the configuration was not applied: " + e.getMessage() + "; nothing was changed");
            return;
        }
        CompletableFuture<Ending> ended = tree.ended();
        var _ = applied.whenComplete((result, failure) -> {
            if (!ended.isDone()) {
                tell(result, failure);
            }
        });
    }

    private void tell(@Nullable Applied applied, @Nullable Throwable failure) {
        if (applied == null) {
            view.accept("what became of the new configuration is not known: " + failure);
            return;
        }
        Reply.Kind kind = applied.reply().kind();
        // Any other failure is that of children: the spec is the tree's all the same.
        if (kind == Reply.Kind.INVALID || kind == Reply.Kind.LIMIT) {
            view.accept("the configuration was not applied: " + applied.reply().text());
            return;
        }
        for (SpecDiff.Change change : applied.diff().changes()) {
            view.accept(change.toString());
        }
        view.accept(!kind.isSuccess()
                ? "the configuration was applied, but: " + applied.reply().text()
                : applied.diff().isEmpty()
                        ? "the configuration was applied: nothing is different"
                        : "the configuration was applied");
    }
}
