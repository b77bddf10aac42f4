package dev.upkeep.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {
    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Optional<Request> read(String text) throws RefusedException {
        return new RequestReader().take(bytes(text));
    }

    private static Request target(String target) throws RefusedException {
        return read("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n").orElseThrow();
    }

    private static void assertRefused(int status, String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOfSatisfying(RefusedException.class,
                e -> assertThat(e.answer().status()).isEqualTo(status));
    }

    @Test
    void readsWhatCurlSends() throws Exception {
        assertThat(read(
                "GET /v1/events?since=7&limit=3 HTTP/1.1\r\nHost: localhost\r\nUser-Agent: curl/7.88.1\r\n"
                        + "Accept: */*\r\n\r\n"))
                .contains(new Request("GET", "/v1/events", Map.of("since", "7", "limit", "3")));
    }

    @Test
    void aRequestIsTheSameInHoweverManyPiecesItComes() throws Exception {
        String text = "POST /v1/children/a%2Db/stop?timeout=1m HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
        RequestReader reader = new RequestReader();
        for (int i = 0; i < text.length() - 1; i++) {
            assertThat(reader.take(bytes(text.substring(i, i + 1)))).as("after %d bytes", i + 1).isEmpty();
        }

        assertThat(reader.take(bytes("o")))
                .contains(new Request("POST", "/v1/children/a-b/stop", Map.of("timeout", "1m")));
    }

    @Test
    void targetsAreDecodedOnce() throws Exception {
        assertThat(target("/v1/why/caf%C3%A9%2525?x=a%26b+c&x=late&y").path()).isEqualTo("/v1/why/café%25");
        assertThat(target("/?x=a%26b+c&x=late&y").query()).isEqualTo(Map.of("x", "a&b c", "y", ""));
        assertThat(target("http://anyone/v1/status?a=b").path()).isEqualTo("/v1/status");
        assertThat(target("http://anyone").path()).isEqualTo("/");
        assertThat(target("/a+b").path()).isEqualTo("/a+b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "v1/status", "/a%2fb", "/a%2Fb", "/%", "/%4", "/%zz", "/%-1", "/%00", "/%0a",
            "/a?b=%7f", "/%ff",
            "/%C3"})
    void o4ATargetThatCouldMeanTwoThingsIsRefused(String target) {
        assertRefused(400, "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "GET", "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1",
            "G@T / HTTP/1.1",
            "GET / HTTP/11", "GET / http/1.1", "GET /\nX HTTP/1.1", "GET /\0 HTTP/1.1", "GET / HTTP/1.1\r",
            "\u0016\u0003\u0001"})
    void o4WhatIsNoRequestLineIsRefused(String line) {
        assertRefused(400, line + "\r\nHost: x\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Host: x\r\nHost: y", "Host: x\r\n folded", "Host : x", "Host: x\r\n: y",
            "Host: x\r\nno colon",
            "Host: x\nX: y", "Host: x\r\nX: \u0007", "Host: x\r\nContent-Length: 1\r\nContent-Length: 1",
            "Host: x\r\nContent-Length: -1", "Host: x\r\nContent-Length: 0x1", "Host: x\r\nContent-Length:"})
    void o4HeadersThatCouldMeanTwoThingsAreRefused(String headers) {
        assertRefused(400, "GET / HTTP/1.1\r\n" + headers + (headers.isEmpty() ? "" : "\r\n") + "\r\n");
    }

    @ParameterizedTest
    @CsvSource({"501, BREW / HTTP/1.1, X: y", "505, GET / HTTP/2.0, X: y",
            "411, POST / HTTP/1.1, Transfer-Encoding: chunked",
            "411, POST / HTTP/1.1, transfer-encoding: identity",
            "413, POST / HTTP/1.1, Content-Length: 65537",
            "413, POST / HTTP/1.1, Content-Length: 99999999999999999999",
            "417, POST / HTTP/1.1, Expect: 100-continue"})
    void o4WhatIsNotTakenIsRefusedWithItsOwnStatus(int status, String line, String header) {
        assertRefused(status, line + "\r\nHost: x\r\n" + header + "\r\n\r\n");
    }

    @Test
    void o4ALineThatEndsInABareNewlineIsRefusedBeforeTheRestComes() {
        assertRefused(400, "\n");
        assertRefused(400, "GET / HTTP/1.1\n");
        assertRefused(400, "GET / HTTP/1.1\r\nHost: x\n");
    }

    @Test
    void o4AHeadHasAtMostEightKibibytes() throws Exception {
        String begin = "GET / HTTP/1.1\r\nHost: x\r\nX: ";
        String end = "\r\n\r\n";
        String longest = begin + "a".repeat(RequestReader.HEAD_BYTES - begin.length() - end.length()) + end;
        assertThat(read(longest)).isPresent();

        assertRefused(431, begin + "a" + longest.substring(begin.length()));
        assertRefused(414, "GET /" + "a".repeat(RequestReader.HEAD_BYTES));
    }

    @Test
    void theOldProtocolNeedsNoHost() throws Exception {
        assertThat(read("GET / HTTP/1.0\r\n\r\n")).isPresent();
    }

    @Test
    void whatFollowsTheRequestIsLeft() throws Exception {
        ByteBuffer two = bytes("GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\n");

        assertThat(new RequestReader().take(two))
                .hasValueSatisfying(r -> assertThat(r.path()).isEqualTo("/a"));
        assertThat(two.remaining()).isEqualTo("GET /b HTTP/1.1\r\n".length());
    }
}
