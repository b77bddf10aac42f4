package dev.upkeep.control;

import dev.upkeep.api.Supervisor;
import dev.upkeep.api.control.ShortAddress;
import dev.upkeep.api.control.StateDirectory;
import dev.upkeep.state.StateLock;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control API of one supervisor on {@code control.sock} in its state directory, mode 0600, for its own user and root.
 * It takes at most five threads and a timer's, and platform ones: a component that burns the carriers of virtual threads must not
 * keep an operator out.
 */
public final class ControlServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
    private static final int CONNECTIONS = 64;
    private static final int WAITING = 32;
    private static final int THREADS = 5;
    private static final int HEADER_BYTES = 8 << 10;
    private static final long GRACE_MILLIS = 1_000;

    private final Server server;
    private final Path socket;

    private ControlServer(Server server, Path socket) {
        this.server = server;
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
        try (ShortAddress address = ShortAddress.of(bound)) {
            Server server = server();
            Doorkeeper door = new Doorkeeper(PeerCheck.forOwnerOf(nest), server.getScheduler(), CONNECTIONS,
                    WAITING,
                    connectionLife);
            server.addConnector(connector(server, address.path(), door, connectionLife));
            Moments moments = new Moments(InstantSource.system(), ZoneId.systemDefault());
            server.setHandler(
                    new GracefulHandler(
                            new Routes(new Queries(tree, recent, identity, moments, secrets), tree, shutdown,
                                    door)));
            server.setErrorHandler(new ErrorAnswers());
            start(server);
            ControlServer opened = new ControlServer(server, socket);
            try {
                Files.setPosixFilePermissions(bound, PosixFilePermissions.fromString("rw-------"));
                Files.move(bound, socket, StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException | RuntimeException e) {
                opened.close();
                throw e;
            }
            return opened;
        } finally {
            Files.deleteIfExists(bound);
            Files.deleteIfExists(nest);
        }
    }

    private static Server server() {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 1, 1_000);
        threads.setName("control");
        threads.setReservedThreads(0);
        threads.setDaemon(true);
        // Direct buffers would stay resident after a burst.
        ArrayByteBufferPool buffers = new ArrayByteBufferPool(0, 4 << 10, 64 << 10, 16, 1 << 20, 0);
        return new Server(threads, new ScheduledExecutorScheduler("control-timer", true), buffers);
    }

    private static UnixDomainServerConnector connector(
            Server server,
            Path path,
            Doorkeeper door,
            Duration idle) {
        HttpConfiguration http = new HttpConfiguration();
        http.setRequestHeaderSize(HEADER_BYTES);
        http.setResponseHeaderSize(HEADER_BYTES);
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        http.setPersistentConnectionsEnabled(false);
        http.setUseInputDirectByteBuffers(false);
        http.setUseOutputDirectByteBuffers(false);
        UnixDomainServerConnector connector = new UnixDomainServerConnector(server, 1, 1,
                new HttpConnectionFactory(http)) {
            @Override
            protected void configure(SocketChannel channel) throws IOException {
                try {
                    door.enter(channel);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("the server stops");
                }
                super.configure(channel);
            }
        };
        connector.setUnixDomainPath(path);
        connector.setAcceptQueueSize(128);
        connector.setIdleTimeout(idle.toMillis());
        connector.addBean(door);
        return connector;
    }

    private static void start(Server server) throws IOException {
        server.setStopTimeout(GRACE_MILLIS);
        try {
            server.start();
        } catch (Exception e) {
            stop(server);
            throw new IOException("the control socket could not be opened: " + e.getMessage(), e);
        }
    }

    private static void stop(Server server) {
        try {
            server.stop();
        } catch (TimeoutException e) {
            LOG.atDebug().log("control server closed on clients that still waited");
        } catch (Exception e) {
            LOG.atWarn().setCause(e).log("control server ended badly");
        }
    }

    /** Closes the socket. Answers that are ready to go, as that to a shutdown, still have a second. */
    @Override
    public void close() throws IOException {
        if (!server.isRunning()) {
            return; // the socket may be the next supervisor's by now
        }
        Files.deleteIfExists(socket);
        stop(server);
    }
}
