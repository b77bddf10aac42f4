package dev.upkeep.health;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on the loopback that does with each connection what the test says. */
final class Loopback implements AutoCloseable {
    /** What a server does with a connection it accepted. What it throws ends that connection. */
    interface Talk {
        void with(Socket socket) throws IOException, InterruptedException;
    }

    /** Counted down once the first connection is there. */
    final CountDownLatch accepted = new CountDownLatch(1);
    /** Connections whose other end has closed, or on which the talk is over. */
    final AtomicInteger ended = new AtomicInteger();
    private final ServerSocket server;
    /** Held, because a socket that nobody holds is closed by the garbage collector, and then is not silent. */
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();

    private Loopback(ServerSocket server) {
        this.server = server;
    }

    static Loopback that(Talk talk) throws IOException {
        return that(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), talk);
    }

    static Loopback that(ServerSocket server, Talk talk) {
        Loopback loopback = new Loopback(server);
        Thread.ofVirtual().start(() -> loopback.accept(talk));
        return loopback;
    }

    /** Accepts, reads the request up to its empty line, and writes that. Then it closes. */
    static Loopback answering(String answer) throws IOException {
        return that(socket -> {
            request(socket);
            write(socket, answer);
            socket.close();
        });
    }

    /** Accepts, and is silent until the other end closes. */
    static Loopback silent() throws IOException {
        return that(Loopback::untilClosed);
    }

    static void untilClosed(Socket socket) throws IOException {
        while (socket.getInputStream().read() >= 0) {
            // What it is asked does not matter.
        }
    }

    static String request(Socket socket) throws IOException {
        StringBuilder request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                throw new SocketException("asked for nothing");
            }
            request.append((char) b);
        }
        return request.toString();
    }

    static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept(Talk talk) {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                accepted.countDown();
                Thread.ofVirtual().start(() -> talk(talk, socket));
            }
        } catch (IOException e) {
            // Closed with the test.
            return;
        }
    }

    private void talk(Talk talk, Socket socket) {
        try {
            talk.with(socket);
        } catch (IOException e) {
            // The check has hung up.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.incrementAndGet();
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
