package dev.upkeep.cli;

import dev.upkeep.api.control.ShortAddress;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One request and its answer over a Unix-domain socket: HTTP/1.1 with {@code Connection: close}, as much of it as our
 * own server speaks.
 *
 * <p>Not a library's client, because every {@code status} would feel its start: a JVM that only fetches the status this way
 * and ends takes 0.11 s, with jetty-client 12.1 it takes 1.3 s (JDK 25, C1 alone, Serial GC, a busy machine; an empty
 * JVM takes 0.06 s there).
 */
final class HttpExchange {
    /** What comes back. */
    record Answer(int status, byte[] body) {}

    private static final int LARGEST_ANSWER = 64 << 20;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3}).*");
    private static final Pattern LENGTH = Pattern
            .compile("(?im)^content-length:[ \\t]*(\\d{1,9})[ \\t]*\\r?$");

    private HttpExchange() {}

    /**
     * Asks once.
     *
     * @param target the path with its query, already encoded
     * @throws IOException if nobody answers, or not in time, or not whole
     */
    static Answer of(Path socket, String method, String target, Duration atMost) throws IOException {
        long deadline = System.nanoTime() + atMost.toNanos();
        try (ShortAddress address = ShortAddress.of(socket);
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                Selector selector = Selector.open()) {
            channel.connect(address.address());
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, 0);
            send(channel, key, method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    + "Content-Length: 0\r\n\r\n", deadline);
            return read(receive(channel, key, deadline));
        }
    }

    private static void send(SocketChannel channel, SelectionKey key, String request, long deadline)
            throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                await(key, SelectionKey.OP_WRITE, deadline);
            }
        }
    }

    private static byte[] receive(SocketChannel channel, SelectionKey key, long deadline) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(16 << 10);
        while (true) {
            int count = channel.read(bytes);
            if (count < 0) {
                return Arrays.copyOf(bytes.array(), bytes.position());
            }
            if (!bytes.hasRemaining()) {
                if (bytes.capacity() >= LARGEST_ANSWER) {
                    throw new IOException("the answer is longer than " + LARGEST_ANSWER + " bytes");
                }
                bytes = ByteBuffer.allocate(bytes.capacity() * 2).put(bytes.flip());
            } else if (count == 0) {
                await(key, SelectionKey.OP_READ, deadline);
            }
        }
    }

    private static void await(SelectionKey key, int what, long deadline) throws IOException {
        key.interestOps(what);
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0 || key.selector().select(millis) == 0) {
            throw new IOException("no answer in time");
        }
        key.selector().selectedKeys().clear();
    }

    private static Answer read(byte[] bytes) throws IOException {
        int end = endOfHead(bytes);
        String head = new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
        Matcher status = STATUS.matcher(head.lines().findFirst().orElse(""));
        Matcher length = LENGTH.matcher(head);
        if (!status.matches() || !length.find()) {
            throw new IOException("what came back is not an answer of upkeep");
        }
        int bodyLength = Integer.parseInt(length.group(1));
        if (bodyLength != bytes.length - end) {
            throw new EOFException("the answer broke off");
        }
        return new Answer(Integer.parseInt(status.group(1)), Arrays.copyOfRange(bytes, end, bytes.length));
    }

    /** Returns where the body begins, after the first empty line. */
    private static int endOfHead(byte[] bytes) throws IOException {
        for (int i = 3; i < bytes.length; i++) {
            if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n' && bytes[i - 3] == '\r') {
                return i + 1;
            }
        }
        throw new EOFException("the answer broke off");
    }
}
