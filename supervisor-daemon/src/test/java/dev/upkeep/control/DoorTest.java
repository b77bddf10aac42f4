package dev.upkeep.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.control.ShortAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DoorTest {
    @TempDir
    private Path temp;

    /** What {@link Thread#start()} does at the process limit. */
    private static Thread refused(Runnable task) {
        return new Thread(task) {
            @Override
            public synchronized void start() {
                throw new OutOfMemoryError("unable to create native thread");
            }
        };
    }

    @Test
    void p3_o4_anOperatorIsAnsweredThoughTheHostHasNoRoomForAThread() throws Exception {
        FakeSupervisor tree = new FakeSupervisor(Shop.tree());
        Identity identity = new Identity("shop", 4700, Shop.NOW, "0.1.0");
        Queries queries = new Queries(tree, new RecentEvents(), identity,
                new Moments(InstantSource.fixed(Shop.NOW), ZoneOffset.UTC), UnaryOperator.identity());
        Path socket = temp.resolve("sock");
        ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try (ShortAddress address = ShortAddress.of(socket)) {
            listening.bind(address.address());
        }
        try (Door door = Door.open(listening, PeerCheck.forOwnerOf(temp),
                new Routes(queries, tree, () -> {}), new Door.Bounds(8, 4, Duration.ofSeconds(20)),
                DoorTest::refused)) {
            assertThat(RawClient.ask(socket, "GET", "/v1/status")).startsWith("HTTP/1.1 200");
            assertThat(RawClient.ask(socket, "POST", "/v1/children/web/stop")).startsWith("HTTP/1.1 200");
            tree.answer = path -> new CompletableFuture<>();
            assertThat(RawClient.ask(socket, "POST", "/v1/children/web/stop?timeout=100ms"))
                    .startsWith("HTTP/1.1 504");
            assertThat(door.connections()).isLessThanOrEqualTo(1);
        }
    }
}
