package dev.upkeep.state;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.Reply;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.ChildPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestedStopsTest {
    private static final ChildPath WEB = new ChildPath("shop/web");
    private static final ChildPath LOAD = new ChildPath("shop/etl/load");

    @TempDir
    private Path directory;

    private StateLock lock;

    @BeforeEach
    void take() throws Exception {
        lock = StateLock.take(directory.resolve("state"), new Holder("shop", 1, Instant.EPOCH));
    }

    @AfterEach
    void give() throws Exception {
        lock.close();
    }

    private static SupervisorBuilder shop() {
        return Supervisor.named("shop").child("web", () -> context -> {
            while (!context.awaitStop(Duration.ofSeconds(60))) {
                context.heartbeat();
            }
        }).supervisor("etl", s -> s.child("load", () -> context -> {
            while (!context.awaitStop(Duration.ofSeconds(60))) {
                context.heartbeat();
            }
        }));
    }

    @Test
    void f7_aRequestedStopIsStillWantedByTheNextSupervisorUntilAStartIsAskedFor() throws Exception {
        RequestedStops stops = RequestedStops.in(lock);
        try (RememberingTree tree = new RememberingTree(shop().start(), stops)) {
            assertThat(tree.stop(WEB).get(10, SECONDS).kind()).isEqualTo(Reply.Kind.DONE);
            assertThat(tree.stop(LOAD).get(10, SECONDS).kind()).isEqualTo(Reply.Kind.DONE);
            assertThat(tree.stop(new ChildPath("shop/nobody")).get(10, SECONDS).kind())
                    .isEqualTo(Reply.Kind.NOT_FOUND);
        }

        TreeSpec next = RequestedStops.in(lock).applyTo(shop().build());
        assertThat(next.root().children().get(0).autostart()).isFalse();
        assertThat(next.root().children().get(1).autostart()).isTrue();
        assertThat(((SupervisorSpec) next.root().children().get(1).work()).children().get(0).autostart())
                .isFalse();
        assertThat(Files.readAllLines(lock.directory().resolve("stopped"))).containsExactly("shop/etl/load",
                "shop/web");

        try (RememberingTree tree = new RememberingTree(shop().start(), RequestedStops.in(lock))) {
            tree.stop(WEB).get(10, SECONDS);
            assertThat(tree.start(WEB).get(10, SECONDS).kind()).isEqualTo(Reply.Kind.DONE);
            tree.restart(LOAD).get(10, SECONDS);
        }
        assertThat(Files.readString(lock.directory().resolve("stopped"))).isEmpty();
    }

    @Test
    void f7_p3_aStopIsAnsweredAndWrittenDownThoughNoThreadCanBeMade() throws Exception {
        try (RememberingTree tree = new RememberingTree(shop().start(), RequestedStops.in(lock),
                task -> new Thread(task) {
                    @Override
                    public synchronized void start() {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                })) {
            assertThat(tree.stop(WEB).get(10, SECONDS).kind()).isEqualTo(Reply.Kind.DONE);
        }
        assertThat(Files.readAllLines(lock.directory().resolve("stopped"))).containsExactly("shop/web");
    }

    @Test
    void f7_p18_whatWasAskedIsNoDifferenceBetweenTwoConfigurations() throws Exception {
        RequestedStops stops = RequestedStops.in(lock);
        stops.note(WEB, true);
        TreeSpec first = stops.applyTo(shop().build());
        stops.note(WEB, false);
        stops.note(LOAD, true);

        TreeSpec second = stops.applyTo(shop().build(), first);

        assertThat(second.root().children().get(0).autostart()).as("as it was").isFalse();
        assertThat(((SupervisorSpec) second.root().children().get(1).work()).children().get(0).autostart())
                .as("it knows what was asked of it")
                .isTrue();
    }

    @Test
    void f7_p18_aChildThatCameBackIntoTheFileStaysStoppedIfThatWasAsked() throws Exception {
        RequestedStops stops = RequestedStops.in(lock);
        TreeSpec without = stops.applyTo(Supervisor.named("shop").build());
        stops.note(WEB, true);
        stops.note(LOAD, true);

        TreeSpec with = stops.applyTo(shop().build(), without);

        assertThat(with.root().children().get(0).autostart()).isFalse();
        assertThat(((SupervisorSpec) with.root().children().get(1).work()).children().get(0).autostart())
                .isFalse();
        stops.note(WEB, false);
        assertThat(stops.applyTo(shop().build(), without).root().children().get(0).autostart()).isTrue();
    }

    @Test
    void aFileOfRubbishStopsNobody() throws Exception {
        Files.writeString(lock.directory().resolve("stopped"), "\n//\n../..\nshop/web\n\u0000\n");
        TreeSpec tree = RequestedStops.in(lock).applyTo(shop().build());
        assertThat(tree.root().children().get(0).autostart()).isFalse();
        assertThat(tree.root().children().get(1).autostart()).isTrue();
    }

    @Test
    void whatCannotBeWrittenDownIsDoneAllTheSame() throws Exception {
        RequestedStops stops = RequestedStops.in(lock);
        Files.createDirectories(lock.directory().resolve("stopped.new").resolve("in-the-way"));
        try (RememberingTree tree = new RememberingTree(shop().start(), stops)) {
            assertThat(tree.stop(WEB).get(10, SECONDS).kind()).isEqualTo(Reply.Kind.DONE);
        }
    }
}
