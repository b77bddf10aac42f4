package dev.upkeep.health;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;

/** Makes a connection, without any proxy. On a virtual thread an interrupt ends it, as it ends each read of the socket. */
final class Dial {
    /** A name may stand for many addresses; more are not tried. */
    private static final int MOST_ADDRESSES = 4;
    /** What an address may take while there is another one to try. */
    private static final int BEFORE_THE_NEXT_MILLIS = 1_000;

    private Dial() {}

    /**
     * Connects to the first address of the host that accepts: {@code localhost} may be IPv6 alone.
     *
     * @param millis for the connection; 0 is for ever
     * @throws java.net.UnknownHostException if the host has no address
     * @throws java.net.SocketTimeoutException if no connection was made in time
     * @throws IllegalStateException if this host has no socket for it, which is no fault of the other end
     */
    static Socket open(String host, int port, int millis) throws IOException, InterruptedException {
        InetAddress[] found = Lookup.SYSTEM.of(host);
        InetAddress[] addresses = Arrays.copyOf(found, Math.min(found.length, MOST_ADDRESSES));
        int last = addresses.length - 1;
        for (int i = 0; i < last; i++) {
            try {
                int shorter = millis == 0 ? BEFORE_THE_NEXT_MILLIS : Math.min(millis, BEFORE_THE_NEXT_MILLIS);
                return connect(addresses[i], port, shorter);
            } catch (IOException e) {
                requireNotInterrupted(host + ":" + port);
            }
        }
        return connect(addresses[last], port, millis);
    }

    private static Socket connect(InetAddress address, int port, int millis) throws IOException {
        Socket socket = new Socket(Proxy.NO_PROXY);
        try {
            takeDescriptor(socket);
            socket.connect(new InetSocketAddress(address, port), millis);
            return socket;
        } catch (Throwable t) {
            socket.close();
            throw t;
        }
    }

    /** Has the socket take its descriptor now, by an option that does not matter, as connecting would fail in the same way. */
    private static void takeDescriptor(Socket socket) {
        try {
            socket.setTcpNoDelay(true);
        } catch (SocketException e) {
            throw new IllegalStateException("this host has no socket to ask with: " + words(e), e);
        }
    }

    /** An interrupt closes the socket, so what is seen of it is an exception of the socket's. */
    static void requireNotInterrupted(String where) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted while it talked to " + where);
        }
    }

    /** Returns the exception in words: some have no message. */
    static String words(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
