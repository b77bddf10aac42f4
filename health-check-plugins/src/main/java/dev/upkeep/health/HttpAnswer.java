package dev.upkeep.health;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The answer to a GET, read from the wire: its status and headers at once, its body when asked for. Everything is bounded.
 * What is no HTTP/1.1 is a {@link ProtocolException} in words for a person.
 */
final class HttpAnswer {
    static final int MOST_BODY = 64 * 1024;
    private static final int MOST_HEAD = 64 * 1024;
    /** Lines that frame chunks may outweigh the chunks, but not without end. */
    private static final int MOST_CHUNK_LINES = 1024 * 1024;
    private static final int MOST_AT_HAND = 1024;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([1-9][0-9]{2})(?: .*)?");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
    private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,15})[ \\t]*(?:;.*)?");
    private static final long UNTIL_CLOSED = -1;

    private final InputStream in;
    private int status;
    private long length = UNTIL_CLOSED;
    private boolean chunked;
    private boolean encoded;
    private int linesLeft = MOST_HEAD;

    private HttpAnswer(InputStream in) {
        this.in = in;
    }

    /** Reads up to the end of the headers, past interim answers. */
    static HttpAnswer head(InputStream in) throws IOException {
        HttpAnswer answer = new HttpAnswer(in);
        do {
            answer.readHead();
        } while (answer.status < 200 && answer.status != 101);
        return answer;
    }

    int status() {
        return status;
    }

    /** Returns whether the body is compressed, or not text as it is for another reason. */
    boolean isEncoded() {
        return encoded;
    }

    private void readHead() throws IOException {
        length = UNTIL_CLOSED;
        chunked = false;
        encoded = false;
        String first = line("status line", "closed the connection without an answer");
        Matcher matcher = STATUS_LINE.matcher(first);
        if (!matcher.matches()) {
            throw new ProtocolException("did not answer in HTTP/1.1 but with '" + Excerpt.of(first) + "'");
        }
        status = Integer.parseInt(matcher.group(1));
        for (String line = header(); !line.isEmpty(); line = header()) {
            take(line);
        }
    }

    private String header() throws IOException {
        return line("headers", "closed the connection within its headers");
    }

    private void take(String line) throws ProtocolException {
        if (line.startsWith(" ") || line.startsWith("\t")) {
            // A folded header goes on; none of those that matter here is ever folded.
            return;
        }
        int colon = line.indexOf(':');
        if (colon < 1) {
            throw new ProtocolException("sent a header that is none");
        }
        String value = line.substring(colon + 1).strip().toLowerCase(Locale.ROOT);
        switch (line.substring(0, colon).strip().toLowerCase(Locale.ROOT)) {
            case "content-length" -> {
                boolean another = length != UNTIL_CLOSED && !value.equals(Long.toString(length));
                if (!LENGTH.matcher(value).matches() || another) {
                    throw new ProtocolException("sent a Content-Length that is none: '" + Excerpt.of(value)
                            + "'");
                }
                length = Long.parseLong(value);
            }
            case "transfer-encoding" -> {
                if (!value.equals("chunked")) {
                    throw new ProtocolException("sent an unknown Transfer-Encoding: '" + Excerpt.of(value)
                            + "'");
                }
                chunked = true;
            }
            case "content-encoding" -> encoded = !value.isEmpty() && !value.equals("identity");
            default -> {
                // Nothing else is of interest.
            }
        }
    }

    /** Returns the body, or its first 64 KiB. */
    byte[] body() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        linesLeft = MOST_CHUNK_LINES;
        copyBody(body);
        return body.toByteArray();
    }

    /** Returns what can be had of the beginning of the body without waiting for it. */
    byte[] bodyAtHand() throws IOException {
        byte[] raw = in.readNBytes(Math.clamp(in.available(), 0, MOST_AT_HAND));
        HttpAnswer again = new HttpAnswer(new ByteArrayInputStream(raw));
        again.status = status;
        again.length = length;
        again.chunked = chunked;
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try {
            again.copyBody(body);
        } catch (ProtocolException e) {
            // It ends before its end, of course.
            return body.toByteArray();
        }
        return body.toByteArray();
    }

    private void copyBody(ByteArrayOutputStream to) throws IOException {
        if (status == 101 || status == 204 || status == 304) {
            return;
        }
        if (chunked) {
            copyChunks(to);
        } else if (length == UNTIL_CLOSED) {
            copy(to, MOST_BODY);
        } else {
            long wanted = Math.min(length, MOST_BODY);
            copy(to, wanted);
            if (to.size() < wanted) {
                throw new ProtocolException("closed the connection after " + to.size() + " of " + length
                        + " bytes of its body");
            }
        }
    }

    private void copyChunks(ByteArrayOutputStream to) throws IOException {
        String closed = "closed the connection within its chunked body";
        while (to.size() < MOST_BODY) {
            String line = line("chunks", closed);
            Matcher matcher = CHUNK.matcher(line);
            if (!matcher.matches()) {
                throw new ProtocolException("sent a chunk without a length");
            }
            long chunk = Long.parseLong(matcher.group(1), 16);
            if (chunk == 0) {
                return;
            }
            long wanted = Math.min(chunk, MOST_BODY - to.size());
            int before = to.size();
            copy(to, wanted);
            if (to.size() - before < wanted) {
                throw new ProtocolException(closed);
            }
            if (to.size() < MOST_BODY && !line("chunks", closed).isEmpty()) {
                throw new ProtocolException("sent a chunk that is longer than its length");
            }
        }
    }

    /** Copies so many bytes, or all up to the end. */
    private void copy(ByteArrayOutputStream to, long most) throws IOException {
        byte[] buffer = new byte[4096];
        long left = most;
        while (left > 0) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                return;
            }
            to.write(buffer, 0, read);
            left -= read;
        }
    }

    /** @param closed what to say if there is no more line */
    private String line(String what, String closed) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new ProtocolException(closed);
            }
            if (--linesLeft < 0) {
                throw new ProtocolException("sent " + what + " without end");
            }
            line.write(b);
        }
        // An empty line costs as well, or there could be any number of interim answers.
        linesLeft--;
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
