package dev.upkeep.control;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a client asks for.
 *
 * @param path decoded
 * @param query decoded; of a name that comes twice, the first value
 */
record Request(String method, String path, Map<String, String> query) {
    /**
     * Takes a target of a request line apart (RFC 9112, 3.2: the origin form, or the absolute form, whose host does not
     * matter here).
     *
     * @throws RefusedException if it is no target, or one that could be read in two ways
     */
    static Request of(String method, String target) throws RefusedException {
        String origin = target;
        if (target.regionMatches(true, 0, "http://", 0, 7)) {
            int slash = target.indexOf('/', 7);
            origin = slash < 0 ? "/" : target.substring(slash);
        }
        if (!origin.startsWith("/")) {
            throw new RefusedException(400, "the request has no path");
        }
        int mark = origin.indexOf('?');
        String path = mark < 0 ? origin : origin.substring(0, mark);
        if (path.contains("%2f") || path.contains("%2F")) {
            throw new RefusedException(400, "the path has an encoded slash");
        }
        return new Request(method, decoded(path, false),
                mark < 0 ? Map.of() : parameters(origin.substring(mark + 1)));
    }

    private static Map<String, String> parameters(String query) throws RefusedException {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            parameters.putIfAbsent(decoded(name, true), decoded(value, true));
        }
        return parameters;
    }

    private static String decoded(String text, boolean form) throws RefusedException {
        ByteBuffer bytes = ByteBuffer.allocate(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int b = c == '+' && form ? ' ' : c;
            if (c == '%') {
                b = octet(text, i + 1);
                i += 2;
            }
            if (b < ' ' || b == 0x7f) {
                throw new RefusedException(400, "the request line has an encoded control character");
            }
            bytes.put((byte) b);
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw new RefusedException(400, "the request line is not UTF-8");
        }
    }

    private static int octet(String text, int at) throws RefusedException {
        if (at + 2 > text.length() || !HexFormat.isHexDigit(text.charAt(at))
                || !HexFormat.isHexDigit(text.charAt(at + 1))) {
            throw new RefusedException(400, "the request line has a % without two digits");
        }
        return HexFormat.fromHexDigits(text, at, at + 2);
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(query.get(name));
    }
}
