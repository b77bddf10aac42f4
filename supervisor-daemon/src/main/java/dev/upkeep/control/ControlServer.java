package dev.upkeep.control;

import dev.upkeep.api.Supervisor;
import dev.upkeep.api.control.ShortAddress;
import dev.upkeep.api.control.StateDirectory;
import dev.upkeep.state.StateLock;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

/**
 * The control API of one supervisor on {@code control.sock} in its state directory, mode 0600, for its own user and root:
 * HTTP/1.1 and JSON.
 *
 * <p>Not a library's server, because every supervisor would carry its weight: with Jetty 12.1 one of 1,000 idle children
 * took 14 MiB more, four hundred classes of its own and the management classes of the JDK among them.
 */
public final class ControlServer implements AutoCloseable {
    private static final int CONNECTIONS = 64;
    private static final int WAITING = 32;
    /** Clients that the kernel holds until they are accepted. */
    private static final int BACKLOG = 128;

    private final Door door;
    private final Path socket;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ControlServer(Door door, Path socket) {
        this.door = door;
        this.socket = socket;
    }

    /**
     * Opens the server; a socket that a dead supervisor left behind is replaced, which the lock makes safe.
     *
     * @param recent what {@code events} and {@code why} answer from; the caller makes it listen
     * @param secrets hides them in a text (F2); called on threads of the server
     * @param shutdown begins the end of the tree; called on a thread of the server, must return at once, may be called
     *     more than once
     * @throws IOException if the socket cannot be made
     */
    public static ControlServer open(
            StateLock state,
            Supervisor tree,
            RecentEvents recent,
            Identity identity,
            UnaryOperator<String> secrets,
            Runnable shutdown) throws IOException {
        return open(state, tree, recent, identity, secrets, shutdown, Duration.ofSeconds(10));
    }

    static ControlServer open(
            StateLock state,
            Supervisor tree,
            RecentEvents recent,
            Identity identity,
            UnaryOperator<String> secrets,
            Runnable shutdown,
            Duration connectionLife) throws IOException {
        Path socket = StateDirectory.socketIn(state.directory());
        // Bound where nobody else can reach it and moved when its mode is right: no moment depends on the umask,
        // and the move replaces a stale socket.
        Path nest = Files.createTempDirectory(state.directory(), "control-");
        Path bound = StateDirectory.socketIn(nest);
        ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try (ShortAddress address = ShortAddress.of(bound)) {
            listening.bind(address.address(), BACKLOG);
            Files.setPosixFilePermissions(bound, PosixFilePermissions.fromString("rw-------"));
            Moments moments = new Moments(InstantSource.system(), ZoneId.systemDefault());
            Routes routes = new Routes(new Queries(tree, recent, identity, moments, secrets), tree, shutdown);
            PeerCheck peers = PeerCheck.forOwnerOf(nest);
            Files.move(bound, socket, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            Door.Bounds bounds = new Door.Bounds(CONNECTIONS, WAITING, connectionLife);
            return new ControlServer(Door.open(listening, peers, routes, bounds), socket);
        } catch (IOException | RuntimeException | Error e) {
            listening.close();
            throw e;
        } finally {
            Files.deleteIfExists(bound);
            Files.deleteIfExists(nest);
        }
    }

    /** Returns how many clients are connected now. */
    int connections() {
        return door.connections();
    }

    /** Closes the socket. Answers that are ready to go, as that to a shutdown, still have a second. */
    @Override
    public void close() throws IOException {
        if (closed.getAndSet(true)) {
            return; // the socket may be the next supervisor's by now
        }
        Files.deleteIfExists(socket);
        door.close();
    }
}
