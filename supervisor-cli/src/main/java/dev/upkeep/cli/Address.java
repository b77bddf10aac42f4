package dev.upkeep.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The paths of the API, with names encoded: what a person typed never ends one path and begins another. */
final class Address {
    private Address() {}

    static String verb(String child, String verb) {
        return "/v1/children/" + encoded(child) + "/" + verb;
    }

    static String why(String child) {
        return "/v1/why/" + encoded(child);
    }

    private static String encoded(String path) {
        return Stream.of(path.split("/", -1))
                .map(id -> URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
    }
}
