package dev.upkeep.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.health.Health;
import dev.upkeep.api.settings.Defaults;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real server on the loopback, which does all that servers do. */
@Timeout(60)
final class HttpTest {
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    private static Http check(String url, String status, String body, Map<String, String> headers) {
        return new Http(new HttpFactory.Settings(URI.create(url), status,
                Optional.of(body).filter(b -> !b.isEmpty()).map(Pattern::compile), headers));
    }

    private static String url(Loopback server) {
        return "http://127.0.0.1:" + server.port() + "/healthz?token=s3cret";
    }

    /** What is shown of it: not the query. */
    private static String where(Loopback server) {
        return "http://127.0.0.1:" + server.port() + "/healthz";
    }

    private static Health ask(Loopback server, String expectBody) throws Exception {
        return Run.of(check(url(server), "200-399", expectBody, Map.of())).health();
    }

    private static void assertUnhealthy(String answer, String reason) throws Exception {
        try (Loopback server = Loopback.answering(answer)) {
            assertThat(ask(server, "")).isEqualTo(Health.unhealthy(where(server) + reason));
        }
    }

    @Test
    void anAnswerWithAGoodStatusIsHealthy() throws Exception {
        try (Loopback server = Loopback.answering(OK + "Content-Length: 2\r\n\r\nok")) {
            assertThat(ask(server, "")).isEqualTo(Health.healthy());
            Await.that("the connection is closed", () -> server.ended.get() == 1);
        }
    }

    @ParameterizedTest
    @CsvSource({"200,200-399,true", "399,200-399,true", "400,200-399,false", "199,'200,201',false",
            "204,'200, 204,300-399',true", "301,'200,204,300-399',true", "201,'200,204,300-399',false",
            "503,503,true"})
    void theStatusesThatAreWellAreCodesAndRangesOfThem(int status, String wanted, boolean well) {
        assertThat(StatusRanges.parse("expectStatus", wanted).contains(status)).isEqualTo(well);
    }

    @Test
    void anotherStatusIsUnhealthyAndSaysWhyInOneShortLine() throws Exception {
        String page = "<h1>down\u001b[2J</h1>\n" + "x".repeat(500);
        try (Loopback server = Loopback
                .answering("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 600\r\n\r\n"
                        + page)) {
            Health found = ask(server, "");

            assertThat(found).isInstanceOfSatisfying(Health.Unhealthy.class, unhealthy -> assertThat(
                    unhealthy.reason())
                    .startsWith(where(server) + " answered 503, expected 200-399")
                    .doesNotContain("\n", "\u001b")
                    .hasSizeLessThan(300));
        }
    }

    @Test
    void aRedirectIsNotFollowedAndIsAStatus() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (Loopback server = Loopback.that(socket -> {
            asked.incrementAndGet();
            Loopback.request(socket);
            Loopback.write(socket, "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
        })) {
            assertThat(ask(server, "")).isEqualTo(Health.healthy());
            assertThat(Run.of(check(url(server), "200-299", "", Map.of())).health()).isEqualTo(
                    Health.unhealthy(where(server) + " answered 302, expected 200-299"));
            assertThat(asked).hasValue(2);
        }
    }

    @Test
    void theRequestIsPlainAndCarriesTheHeaders() throws Exception {
        AtomicReference<String> request = new AtomicReference<>("");
        try (Loopback server = Loopback.that(socket -> {
            request.set(Loopback.request(socket));
            Loopback.write(socket, OK + "Content-Length: 0\r\n\r\n");
        })) {
            Map<String, String> headers = Map.of("Authorization", "Bearer x");
            Run.of(check("http://127.0.0.1:" + server.port(), "200", "", headers)).health();

            assertThat(request.get()).isEqualTo("GET / HTTP/1.1\r\nHost: 127.0.0.1:" + server.port()
                    + "\r\nUser-Agent: upkeep\r\nAuthorization: Bearer x\r\n"
                    + "Accept-Encoding: identity\r\nConnection: close\r\n\r\n");

            Run.of(check(url(server) + "&ü=1#part", "200", "",
                    Map.of("host", "shop.example", "user-agent", "x"))).health();
            assertThat(request.get()).startsWith("GET /healthz?token=s3cret&%C3%BC=1 HTTP/1.1\r\n")
                    .contains("host: shop.example\r\n", "user-agent: x\r\n")
                    .doesNotContain("Host:", "upkeep");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"status\":UP}",
            "HTTP/1.1 200\r\nContent-Length: 13\r\nContent-Length: 13\r\n\r\n{\"status\":UP}and what is not announced",
            "HTTP/1.0 200 OK\r\n\r\n{\"status\":UP}",
            "HTTP/1.1 200 OK\nX-Folded: a\n b\nContent-Encoding: identity\n\n{\"status\":UP}",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{\"status\":UP}",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\n{\"s\r\nA\r\ntatus\":UP}\r\n0\r\nTrailer: 1\r\n\r\n"})
    void theBodyIsReadHoweverItIsFramed(String answer) throws Exception {
        try (Loopback server = Loopback.answering(answer)) {
            assertThat(ask(server, "^\\{\"status\": *UP}$")).isEqualTo(Health.healthy());
        }
    }

    @Test
    void aBodyWithoutTheExpressionIsUnhealthy() throws Exception {
        try (Loopback server = Loopback.answering(OK + "Content-Length: 4\r\n\r\nDOWN")) {
            assertThat(ask(server, "UP|RISING"))
                    .isEqualTo(Health
                            .unhealthy(where(server) + " answered 200 without 'UP|RISING' in its body"));
        }
    }

    @Test
    void theExpressionIsLookedForInTheFirstSixtyFourKibibytesOfAnEndlessBody() throws Exception {
        Loopback.Talk endless = socket -> {
            Loopback.request(socket);
            Loopback.write(socket, OK + "\r\n" + "x".repeat(64 * 1024 - 4) + "here");
            while (true) {
                Loopback.write(socket, "there".repeat(1000));
            }
        };
        try (Loopback server = Loopback.that(endless)) {
            assertThat(ask(server, "here$")).isEqualTo(Health.healthy());
            assertThat(ask(server, "there")).isInstanceOf(Health.Unhealthy.class);
            Await.that("both connections are closed", () -> server.ended.get() == 2);
        }
    }

    @Test
    void aChunkedBodyIsCutAtSixtyFourKibibytesToo() throws Exception {
        String chunk = "1000\r\n" + "y".repeat(4096) + "\r\n";
        try (Loopback server = Loopback
                .answering(OK + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(40))) {
            assertThat(ask(server, "^y{65536}$")).isEqualTo(Health.healthy());
        }
    }

    @Test
    void aCompressedBodyThatNobodyAskedForCannotBeSearched() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write("UP".getBytes(StandardCharsets.UTF_8));
        }
        try (Loopback server = Loopback.that(socket -> {
            Loopback.request(socket);
            Loopback.write(socket, OK + "Content-Encoding: gzip\r\n\r\n");
            socket.getOutputStream().write(packed.toByteArray());
            socket.close();
        })) {
            assertThat(ask(server, "UP")).isEqualTo(Health.unhealthy(
                    where(server) + " answered 200 with a compressed body, which was not asked for"));
            assertThat(ask(server, "")).isEqualTo(Health.healthy());
        }
    }

    @Test
    void whatIsNoHttpIsUnhealthy() throws Exception {
        assertUnhealthy("SSH-2.0-OpenSSH_9.6\r\n",
                ": did not answer in HTTP/1.1 but with 'SSH-2.0-OpenSSH_9.6'");
        assertUnhealthy("HTTP/2 200\r\n\r\n", ": did not answer in HTTP/1.1 but with 'HTTP/2 200'");
        assertUnhealthy("HTTP/1.1 2000 OK\r\n\r\n",
                ": did not answer in HTTP/1.1 but with 'HTTP/1.1 2000 OK'");
        assertUnhealthy("", ": closed the connection without an answer");
        assertUnhealthy("HTTP/1.1 200", ": closed the connection without an answer");
        assertUnhealthy(OK + "Content-Length: 3\r\n", ": closed the connection within its headers");
        assertUnhealthy(OK + "no colon\r\n\r\n", ": sent a header that is none");
    }

    @Test
    void aServerThatLiesAboutItsBodyIsUnhealthy() throws Exception {
        assertUnhealthy(OK + "Content-Length: 10\r\n\r\nshort",
                ": closed the connection after 5 of 10 bytes of its body");
        assertUnhealthy(OK + "Content-Length: 99999999999999\r\n\r\nshort",
                ": closed the connection after 5 of 99999999999999 bytes of its body");
        assertUnhealthy(OK + "Content-Length: -5\r\n\r\n", ": sent a Content-Length that is none: '-5'");
        assertUnhealthy(OK + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nshorts",
                ": sent a Content-Length that is none: '6'");
        String chunked = OK + "Transfer-Encoding: chunked\r\n\r\n";
        assertUnhealthy(chunked + "5\r\nshort\r\n", ": closed the connection within its chunked body");
        assertUnhealthy(chunked + "5\r\nsho", ": closed the connection within its chunked body");
        assertUnhealthy(chunked + "2\r\nshort\r\n", ": sent a chunk that is longer than its length");
        assertUnhealthy(chunked + "zz\r\nshort\r\n", ": sent a chunk without a length");
        assertUnhealthy(chunked + "ffffffffffffffff\r\nshort\r\n", ": sent a chunk without a length");
        assertUnhealthy(OK + "Transfer-Encoding: gzip, chunked\r\n\r\n",
                ": sent an unknown Transfer-Encoding: 'gzip, chunked'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nX-Long: |a", "HTTP/1.1 200 OK\r\n|X: 1\r\n", "|x",
            "|HTTP/1.1 100 Continue\r\n\r\n"})
    void headersWithoutEndAreReadForSixtyFourKibibytesOnly(String answer) throws Exception {
        String[] parts = answer.split("\\|", -1);
        AtomicInteger sent = new AtomicInteger();
        try (Loopback server = Loopback.that(socket -> {
            Loopback.request(socket);
            Loopback.write(socket, parts[0]);
            String more = parts[1].repeat(1000);
            while (true) {
                Loopback.write(socket, more);
                sent.addAndGet(more.length());
            }
        })) {
            assertThat(ask(server, "")).isInstanceOfSatisfying(Health.Unhealthy.class,
                    found -> assertThat(found.reason()).endsWith(" without end"));
            Await.that("the connection is closed", () -> server.ended.get() == 1);
        }
    }

    @Test
    void aServerThatResetsIsUnhealthy() throws Exception {
        try (Loopback server = Loopback.that(Loopback::reset)) {
            assertThat(ask(server, "")).isInstanceOf(Health.Unhealthy.class);
        }
        try (Loopback server = Loopback.that(socket -> {
            Loopback.request(socket);
            Loopback.write(socket, OK + "Content-Length: 10\r\n\r\nsho");
            Loopback.reset(socket);
        })) {
            assertThat(ask(server, "")).isInstanceOf(Health.Unhealthy.class);
        }
    }

    @Test
    void nobodyThereIsUnhealthyAndNotAnError() throws Exception {
        try (Socket bound = new Socket()) {
            bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            String url = "http://127.0.0.1:" + bound.getLocalPort() + "/";

            assertThat(Run.of(check(url, "200", "", Map.of())).health())
                    .isInstanceOfSatisfying(Health.Unhealthy.class,
                            found -> assertThat(found.reason()).startsWith(url + ": Connection refused"));
        }
        assertThat(Run.of(check("http://no-such-host.invalid/", "200", "", Map.of())).health())
                .isEqualTo(Health.unhealthy("host 'no-such-host.invalid' is unknown"));
    }

    /** Each part is written, then nothing more comes; what stands before a {@code *} comes a byte at a time for ever. */
    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\nContent-Len",
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\n*", "HTTP/1.1 200 OK\r\n*"})
    void h1AnInterruptAtTheTimeoutEndsARunThatWaitsForAServerAtOnceAndClosesTheConnection(String answer)
            throws Exception {
        AtomicInteger said = new AtomicInteger();
        try (Loopback server = Loopback.that(socket -> {
            Loopback.request(socket);
            Loopback.write(socket, answer.replace("*", ""));
            said.incrementAndGet();
            while (answer.endsWith("*")) {
                Loopback.write(socket, "x");
                Thread.sleep(5);
            }
            Loopback.untilClosed(socket);
        })) {
            Run run = Run.of(check(url(server), "200-399", "", Map.of()));
            Await.that("the server has said what it says", () -> said.get() == 1);
            assertThat(run.isOver()).isFalse();

            run.interrupt();

            assertThat(run.thrown()).isInstanceOf(InterruptedException.class)
                    .hasMessage("interrupted while it talked to " + where(server));
            Await.that("the connection is closed", () -> server.ended.get() == 1);
        }
    }

    @Test
    void h1AnInterruptEndsAnExpressionThatWouldSearchForYears() throws Exception {
        try (Loopback server = Loopback.answering(OK + "\r\n" + "a".repeat(100))) {
            Run run = Run.of(check(url(server), "200-399", "^(a+)+\\1b$", Map.of()));
            Await.that("it searches", () -> run.isWithin("java.util.regex."));

            run.interrupt();

            assertThat(run.thrown()).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void anExpressionThatNeedsTooMuchStackIsAFaultOfTheCheck() throws Exception {
        try (Loopback server = Loopback.answering(OK + "\r\n" + "ab".repeat(30_000))) {
            assertThat(Run.of(check(url(server), "200", "^(a|b)*$", Map.of())).thrown())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("'^(a|b)*$' needs too much stack");
        }
    }

    @Test
    void aNameThatStandsForSeveralAddressesIsTriedAtEach() throws Exception {
        InetAddress[] addresses = InetAddress.getAllByName("localhost");
        InetAddress last = addresses[addresses.length - 1];
        try (Loopback server = Loopback.that(new ServerSocket(0, 50, last), socket -> {
            Loopback.request(socket);
            Loopback.write(socket, OK + "Content-Length: 0\r\n\r\n");
        })) {
            assertThat(Run.of(check("http://localhost:" + server.port(), "200", "", Map.of())).health())
                    .isEqualTo(Health.healthy());
        }
    }

    @ParameterizedTest
    @CsvSource({"ftp://127.0.0.1/,\"url must begin with http:// or https://, but is 'ftp://127.0.0.1/'\"",
            "/healthz,url must begin with http:// or https://", "http:opaque,url must name a host",
            "http:///healthz,url must name a host", "http://my_host/,url must name a host",
            "http://h:0/,'url must have a port from 1 to 65535, but it is 0'",
            "http://h:70000/,'url must have a port from 1 to 65535, but it is 70000'"})
    void aUrlThatCannotBeAskedIsRefused(String url, String message) {
        assertThatThrownBy(() -> HttpFactory.http(url)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message.replace("\"", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://joe:s3cret@h/", "http://s3cret@h/", "http://joe:s3cret@my_host/",
            "ftp://joe:s3cret@h/"})
    void aUserInTheUrlIsRefusedWithoutBeingShown(String url) {
        assertThatThrownBy(() -> HttpFactory.http(url))
                .hasMessage("url must not hold a user or password; give them in headers, as Authorization");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "all", "99", "1000", "300-200", "200-", "200,,204", "2 00"})
    void statusesThatAreNoneAreRefused(String status) {
        assertThatThrownBy(() -> check("http://h/", status, "", Map.of()))
                .hasMessage("expectStatus must be up to 32 status codes or ranges of them from 100 to 999, "
                        + "as in 200,204,300-399, but is '" + status + "'");
    }

    @Test
    void headersThatCannotBeSentAreRefusedByNameAndNeverByValue() {
        assertThatThrownBy(() -> check("http://h/", "200", "", Map.of("X Y", "s3cret")))
                .hasMessageContaining("'X Y'")
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> check("http://h/", "200", "", Map.of("X", "s3cret\r\nY: 1")))
                .hasMessageContaining("that of 'X' is not")
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> check("http://h/", "200", "", Map.of("CONNECTION", "s3cret")))
                .hasMessageContaining("'CONNECTION'")
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> check("http://h/", "200", "", Map.of("X", "s3cret".repeat(2000))))
                .hasMessage("headers must be at most 8192 characters together, but are 12001");
    }

    @Test
    void settingsShowNoSecret() {
        HttpFactory.Settings settings = new HttpFactory.Settings(URI.create("https://h/p?token=s3cret"),
                "200",
                Optional.of(Pattern.compile("UP")), Map.of("X-Key", "s3cret"));

        assertThat(settings).hasToString(
                "Settings[url=https://h/p, expectStatus=200, expectBody=Optional[UP], headers=[X-Key]]");
    }

    @Test
    void settingsWithTheSameExpressionAreEqual() {
        assertThat(check("http://h/", "200", "UP", Map.of())).extracting("settings")
                .isEqualTo(settings("UP", 0))
                .isNotEqualTo(settings("UP", Pattern.CASE_INSENSITIVE))
                .isNotEqualTo(settings("DOWN", 0));
    }

    private static HttpFactory.Settings settings(String expectBody, int flags) {
        return new HttpFactory.Settings(URI.create("http://h/"), "200",
                Optional.of(Pattern.compile(expectBody, flags)), Map.of());
    }

    @Test
    void theUrlMustBeGivenAndTheRestHasDefaults() {
        assertThatThrownBy(() -> Defaults.of(HttpFactory.Settings.class)).hasMessageContaining("'url'");
        assertThat(HttpFactory.http("http://h/").settings().orElseThrow()).isEqualTo(
                new HttpFactory.Settings(URI.create("http://h/"), "200-399", Optional.empty(), Map.of()));
    }

    @Test
    void aThousandRunsAtOnceTakeNoThreadEach() throws Exception {
        try (Loopback server = Loopback.silent()) {
            Run[] runs = new Run[1000];
            int before = Thread.activeCount();
            for (int i = 0; i < runs.length; i++) {
                runs[i] = Run.of(check(url(server), "200", "", Map.of()));
            }
            assertThat(server.accepted.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(Thread.activeCount() - before).isLessThan(20);
            for (Run run : runs) {
                run.interrupt();
            }
        }
    }

}
