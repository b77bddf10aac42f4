package dev.upkeep.health;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * {@code type: http}: the child must answer a GET with a good status.
 *
 * <pre>
 * health:
 *   - type: http
 *     url: http://127.0.0.1:8080/healthz   # required; http or https, without user and password
 *     expectStatus: 200-399                # default 200-399; codes and ranges: 200,204,300-399
 *     expectBody: '"status": *"UP"'        # optional: a regular expression found in the first 64 KiB of the body
 *     headers: {Authorization: "Bearer …"} # default none; at most 8 KiB; Host may be set
 * </pre>
 *
 * <p>HEALTHY when a well-formed answer has one of the statuses, its body comes to its end or to 64 KiB, and,
 * with {@code expectBody}, the expression is found in it. UNHEALTHY for everything else that the other end can do: unknown
 * host, refused, reset, closed early, another status, no HTTP/1.1 or HTTP/1.0, headers of more than 64 KiB, a body
 * that is shorter than announced or wrongly chunked, a certificate that is not trusted or names another host, an expression
 * that is not found. Never DEGRADED. There is no timeout but the {@code timeout} that every check has: an answer that
 * comes too slowly, in headers or body, a byte at a time or not at all, is interrupted there.
 *
 * <p>A redirect is not followed: its status is the answer. What comes after the announced length is not
 * read. The body is taken as UTF-8, and the answer is asked for without compression; one that is compressed all the
 * same fails {@code expectBody}. The certificate of an https server is verified against the trust store and the host
 * name, as the JVM is set up ({@code javax.net.ssl.trustStore}). No proxy, no cookies, no credentials but those in {@code headers}.
 *
 * <p>Each run makes one connection and closes it. The values of headers and the query of the URL are never shown; of an
 * answer with another status a line of at most 120 characters is.
 */
public final class HttpFactory implements HealthCheckFactory<HttpFactory.Settings> {
    static final String TYPE = "http";
    private static final String STATUS = "200-399";
    private static final int MOST_HEADER_CHARACTERS = 8 * 1024;
    private static final Pattern TOKEN = Pattern.compile("[-!#$%&'*+.^_`|~0-9A-Za-z]+");
    /** One line of what HTTP allows in a value. */
    private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");
    private static final Set<String> OURS = Set.of("connection", "content-length", "transfer-encoding",
            "accept-encoding", "expect", "upgrade");

    /**
     * The settings.
     *
     * @param url http or https
     * @param expectStatus status codes and ranges of them
     * @param expectBody what must be found in the body
     * @param headers sent with the request; their values are never shown
     */
    public record Settings(
            @Doc("http or https address, without user and password") URI url,
            @Doc("status codes that are well, and ranges of them: 200,204,300-399") @Default(STATUS) String expectStatus,
            @Doc("regular expression that must be found in the first 64 KiB of the body") Optional<Pattern> expectBody,
            @Doc("headers of the request; their values are never shown") @Default("{}") Map<String, String> headers) {
        public Settings {
            requireUsable(url);
            StatusRanges.parse("expectStatus", expectStatus);
            headers.forEach(Settings::requireSendable);
            int characters = headers.entrySet()
                    .stream()
                    .mapToInt(h -> h.getKey().length() + h.getValue().length())
                    .sum();
            if (characters > MOST_HEADER_CHARACTERS) {
                throw new IllegalArgumentException("headers must be at most " + MOST_HEADER_CHARACTERS
                        + " characters together, but are " + characters);
            }
            headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        }

        private static void requireUsable(URI url) {
            String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
            // Before anything of it is shown: what stands before an @ is a secret.
            if (url.getRawUserInfo() != null || String.valueOf(url.getRawAuthority()).contains("@")) {
                throw new IllegalArgumentException(
                        "url must not hold a user or password; give them in headers, as Authorization");
            }
            if (!scheme.equals("http") && !scheme.equals("https")) {
                throw new IllegalArgumentException(
                        "url must begin with http:// or https://, but is '" + shown(url) + "'");
            }
            if (url.getHost() == null) {
                throw new IllegalArgumentException(
                        "url must name a host of letters, digits, dots and dashes, but is '" + shown(url)
                                + "'");
            }
            if (url.getPort() == 0 || url.getPort() > 65535) {
                throw new IllegalArgumentException(
                        "url must have a port from 1 to 65535, but it is " + url.getPort());
            }
        }

        private static void requireSendable(String name, String value) {
            if (!TOKEN.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "headers must have names of letters, digits and dashes, but one is '"
                                + Excerpt.of(name)
                                + "'");
            }
            if (OURS.contains(name.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException(
                        "headers must not hold '" + name + "': the check sets it itself");
            }
            if (!VALUE.matcher(value).matches()) {
                throw new IllegalArgumentException(
                        "headers must have values of one line of Latin-1, but that of '"
                                + name + "' is not");
            }
        }

        /** An expression knows no other that is the same. */
        @Override
        public boolean equals(Object other) {
            return other instanceof Settings settings && url.equals(settings.url)
                    && expectStatus.equals(settings.expectStatus) && headers.equals(settings.headers)
                    && expectBody.map(Pattern::flags).equals(settings.expectBody.map(Pattern::flags))
                    && expectBody.map(Pattern::pattern).equals(settings.expectBody.map(Pattern::pattern));
        }

        @Override
        public int hashCode() {
            return Objects.hash(url, expectStatus, expectBody.map(Pattern::pattern), headers);
        }

        /** Shows neither the values of headers nor the query. */
        @Override
        public String toString() {
            return "Settings[url=" + shown(url) + ", expectStatus=" + expectStatus + ", expectBody="
                    + expectBody.map(Pattern::pattern) + ", headers=" + headers.keySet() + "]";
        }
    }

    /** Returns the URL without what may be a secret. */
    static String shown(URI url) {
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        return Excerpt.of(url.getScheme() + "://" + url.getRawAuthority() + path);
    }

    /** Returns the check of a URL for an embedding program: {@code http("http://127.0.0.1:8080/healthz")}. */
    public static Choice http(String url) {
        return Choice.of(TYPE, new Settings(URI.create(url), STATUS, Optional.empty(), Map.of()));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public HealthCheck create(Settings settings, CheckContext context) {
        return new Http(settings);
    }
}
