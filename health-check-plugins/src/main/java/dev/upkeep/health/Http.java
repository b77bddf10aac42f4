package dev.upkeep.health;

import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Asks by one exchange of HTTP/1.1 on a socket of its own. Not by {@link java.net.http.HttpClient}, which brings a selector
 * thread and a pool per client, nor by {@link java.net.HttpURLConnection}, which keeps connections in a cache of the whole
 * JVM, asks a second time by itself and follows what was not asked for: neither ends at once when it is interrupted.
 */
final class Http implements HealthCheck {
    private static final int MOST_OF_AN_ERROR = 240;

    private final HttpFactory.Settings settings;
    private final Callable<SSLSocketFactory> trust;
    private final StatusRanges wanted;
    private final String where;
    private final String host;
    private final boolean secure;
    private final int port;
    private final byte[] request;

    Http(HttpFactory.Settings settings) {
        this(settings, Http::trustOfTheJvm);
    }

    /** @param trust decides which certificates are trusted; called for each run of an https check */
    Http(HttpFactory.Settings settings, Callable<SSLSocketFactory> trust) {
        this.settings = settings;
        this.trust = trust;
        URI url = settings.url();
        this.wanted = StatusRanges.parse("expectStatus", settings.expectStatus());
        this.where = HttpFactory.shown(url);
        this.secure = url.getScheme().toLowerCase(Locale.ROOT).equals("https");
        this.host = url.getHost().startsWith("[")
                ? url.getHost().substring(1, url.getHost().length() - 1)
                : url.getHost();
        this.port = url.getPort() >= 0 ? url.getPort() : secure ? 443 : 80;
        this.request = request(URI.create(url.toASCIIString()), settings);
    }

    private static SSLSocketFactory trustOfTheJvm() throws NoSuchAlgorithmException {
        return SSLContext.getDefault().getSocketFactory();
    }

    private static byte[] request(URI url, HttpFactory.Settings settings) {
        String path = Optional.ofNullable(url.getRawPath()).filter(p -> !p.isEmpty()).orElse("/");
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        StringBuilder text = new StringBuilder("GET ").append(path).append(query).append(" HTTP/1.1\r\n");
        if (settings.headers().keySet().stream().noneMatch("Host"::equalsIgnoreCase)) {
            text.append("Host: ").append(url.getRawAuthority()).append("\r\n");
        }
        if (settings.headers().keySet().stream().noneMatch("User-Agent"::equalsIgnoreCase)) {
            text.append("User-Agent: upkeep\r\n");
        }
        settings.headers()
                .forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
        text.append("Accept-Encoding: identity\r\nConnection: close\r\n\r\n");
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public Health probe() throws Exception {
        try (Socket socket = Dial.open(host, port, 0); Socket talk = secure ? secured(socket) : socket) {
            talk.getOutputStream().write(request);
            return judged(HttpAnswer.head(new BufferedInputStream(talk.getInputStream())));
        } catch (UnknownHostException e) {
            return Health.unhealthy("host '" + host + "' is unknown");
        } catch (IOException e) {
            Dial.requireNotInterrupted(where);
            return Health.unhealthy(where + ": " + Excerpt.of(Dial.words(e), MOST_OF_AN_ERROR));
        }
    }

    private Socket secured(Socket plain) throws Exception {
        SSLSocket socket = (SSLSocket) trust.call().createSocket(plain, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        // Without it any certificate that is trusted for anybody would do.
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private Health judged(HttpAnswer answer) throws IOException, InterruptedException {
        String answered = where + " answered " + answer.status();
        if (!wanted.contains(answer.status())) {
            String body = answer.isEncoded() ? "" : Excerpt.of(answer.bodyAtHand());
            return Health.unhealthy(answered + ", expected " + wanted + (body.isEmpty() ? "" : ": " + body));
        }
        byte[] body = answer.body();
        if (settings.expectBody().isEmpty()) {
            return Health.healthy();
        }
        Pattern pattern = settings.expectBody().get();
        if (answer.isEncoded()) {
            return Health.unhealthy(answered + " with a compressed body, which was not asked for");
        }
        return InterruptibleText.find(pattern, new String(body, StandardCharsets.UTF_8))
                ? Health.healthy()
                : Health.unhealthy(answered + " without '" + Excerpt.of(pattern.pattern()) + "' in its body");
    }
}
