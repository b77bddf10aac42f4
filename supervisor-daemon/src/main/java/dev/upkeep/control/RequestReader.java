package dev.upkeep.control;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one HTTP/1.1 request as its bytes come (RFC 9112), strictly: what could be read in two ways is refused, for a line
 * that ends in a bare newline, a folded header or two lengths serve nobody but a liar. No call takes a body, so that of a
 * request is read over.
 */
final class RequestReader {
    /** The request line and the headers together. */
    static final int HEAD_BYTES = 8 << 10;
    static final int BODY_BYTES = 64 << 10;

    /** Those of RFC 9110: to be told that a path does not take them. Others are not known at all. */
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT",
            "OPTIONS",
            "TRACE", "PATCH");

    private byte[] head = new byte[512];
    private int length;
    private @Nullable Request request;
    private int bodyLeft;

    /**
     * Takes what has come, and returns the request once all of it has. What comes after it is left.
     *
     * @throws RefusedException if it is none, or none that is taken; nothing more can be read then
     */
    Optional<Request> take(ByteBuffer bytes) throws RefusedException {
        while (request == null) {
            if (!bytes.hasRemaining()) {
                return Optional.empty();
            }
            takeOne(bytes.get());
        }
        int over = Math.min(bodyLeft, bytes.remaining());
        bytes.position(bytes.position() + over);
        bodyLeft -= over;
        return bodyLeft == 0 ? Optional.of(request) : Optional.empty();
    }

    private void takeOne(byte next) throws RefusedException {
        if (length == HEAD_BYTES) {
            boolean inFirstLine = new String(head, 0, length, StandardCharsets.ISO_8859_1).indexOf('\n') < 0;
            throw new RefusedException(inFirstLine ? 414 : 431,
                    (inFirstLine ? "the request line is" : "the headers are") + " longer than " + HEAD_BYTES
                            + " bytes");
        }
        if (length == head.length) {
            head = Arrays.copyOf(head, Math.min(2 * length, HEAD_BYTES));
        }
        head[length++] = next;
        if (next == '\n' && (length < 2 || head[length - 2] != '\r')) {
            // Told at once: the end that is waited for would never come.
            throw new RefusedException(400, "a line of the request does not end with CR and LF");
        }
        boolean atEnd = length >= 4 && next == '\n' && head[length - 2] == '\r' && head[length - 3] == '\n'
                && head[length - 4] == '\r';
        if (atEnd) {
            request = parsed(new String(head, 0, length - 4, StandardCharsets.ISO_8859_1));
            head = new byte[0];
        }
    }

    private Request parsed(String text) throws RefusedException {
        List<String> lines = List.of(text.split("\r\n", -1));
        for (String line : lines) {
            if (line.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7f)) {
                throw new RefusedException(400, "the request has a control character");
            }
        }
        String[] words = lines.get(0).split(" ", -1);
        if (words.length != 3 || !isToken(words[0]) || words[1].isEmpty()
                || !words[2].matches("HTTP/[0-9]\\.[0-9]")) {
            throw new RefusedException(400, "this is no request line of HTTP/1.1");
        }
        if (!words[2].startsWith("HTTP/1.")) {
            throw new RefusedException(505, "only HTTP/1.1 is spoken here");
        }
        if (!METHODS.contains(words[0])) {
            throw new RefusedException(501, "the method is not known here");
        }
        Map<String, String> headers = headers(lines.subList(1, lines.size()));
        if (!headers.containsKey("host") && !words[2].equals("HTTP/1.0")) {
            throw new RefusedException(400, "the request has no Host");
        }
        bodyLeft = bodyLength(headers);
        return Request.of(words[0], words[1]);
    }

    /** Returns the headers by their names in small letters. */
    private static Map<String, String> headers(List<String> lines) throws RefusedException {
        Map<String, String> headers = new HashMap<>();
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon < 0 || !isToken(line.substring(0, colon))) {
                throw new RefusedException(400, "the request has a line that is no header");
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            boolean twice = headers.put(name, line.substring(colon + 1).strip()) != null;
            if (twice && (name.equals("host") || name.equals("content-length"))) {
                throw new RefusedException(400, "the request has two of " + name);
            }
        }
        return headers;
    }

    private static int bodyLength(Map<String, String> headers) throws RefusedException {
        if (headers.containsKey("transfer-encoding")) {
            throw new RefusedException(411, "a body needs a Content-Length here, it cannot come in chunks");
        }
        if (headers.containsKey("expect")) {
            throw new RefusedException(417, "nothing is expected of this server");
        }
        String length = headers.getOrDefault("content-length", "0");
        if (!length.matches("[0-9]+")) {
            throw new RefusedException(400, "the Content-Length is no number");
        }
        if (length.length() > 9 || Integer.parseInt(length) > BODY_BYTES) {
            throw new RefusedException(413, "the body is longer than " + BODY_BYTES + " bytes");
        }
        return Integer.parseInt(length);
    }

    /** RFC 9110, 5.6.2. */
    private static boolean isToken(String text) {
        return !text.isEmpty() && text.chars()
                .allMatch(c -> c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
                        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
    }
}
