package dev.upkeep.dist;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks a supervisor as the command line does, without a JVM for each question. */
record Control(Path state) {
    /** Waits until commands are taken. */
    Control open() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> Files.exists(state.resolve("control.sock")));
        return this;
    }

    /** Returns the child of that path without the root's name. */
    JsonNode child(String name) {
        return all().stream()
                .filter(child -> child.get("path").asString().endsWith("/" + name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no child " + name));
    }

    List<JsonNode> all() {
        return ask("GET", "/v1/status").valueStream().toList();
    }

    String state(String name) {
        return child(name).get("state").asString();
    }

    long pid(String name) {
        return child(name).get("pid").asLong();
    }

    long number(String name, String key) {
        return child(name).get(key).asLong();
    }

    JsonNode ask(String method, String target) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(state.resolve("control.sock")));
            Channels.newOutputStream(channel)
                    .write((method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(Channels.newInputStream(channel).readAllBytes(),
                    StandardCharsets.UTF_8);
            return JsonMapper.shared().readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4));
        } catch (IOException e) {
            throw new AssertionError("no answer to " + target, e);
        }
    }
}
