package dev.upkeep.api.control;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An address for a socket file whose own path may be too long for one: {@code sun_path} holds 107 bytes and a zero
 * ({@code unix(7)}), and a JVM cannot change its directory.
 *
 * <p>It is the absolute path if that fits, else the path from the working directory, else a path through a symbolic
 * link in a private temporary directory, which {@link #close} removes: close it once bound or connected.
 */
public final class ShortAddress implements AutoCloseable {
    /** How many bytes of a path an address takes. */
    public static final int LIMIT = 107;

    private final Path path;
    private final @Nullable Path link;

    private ShortAddress(Path path, @Nullable Path link) {
        this.path = path;
        this.link = link;
    }

    /**
     * Finds an address for the socket; its directory must exist, the socket need not.
     *
     * @throws IOException if no short path could be made
     */
    public static ShortAddress of(Path socket) throws IOException {
        Path absolute = socket.toAbsolutePath().normalize();
        if (fits(absolute)) {
            return new ShortAddress(absolute, null);
        }
        Optional<Path> relative = below(Path.of("").toAbsolutePath(), absolute);
        if (relative.isPresent()) {
            return new ShortAddress(relative.get(), null);
        }
        Path private0700 = Files.createTempDirectory("upkeep");
        Path link = private0700.resolve("s");
        try {
            Files.createSymbolicLink(link, absolute.getParent());
            Path through = link.resolve(absolute.getFileName());
            if (!fits(through)) {
                throw new IOException(
                        "no path to " + absolute + " has at most " + LIMIT + " bytes; the temporary"
                                + " directory " + private0700.getParent() + " is too deep as well");
            }
            return new ShortAddress(through, link);
        } catch (IOException | RuntimeException e) {
            remove(link);
            throw e;
        }
    }

    /** Only paths without {@code ..}: those mean something else where a directory above is a symbolic link. */
    private static Optional<Path> below(Path directory, Path absolute) {
        return absolute.startsWith(directory)
                ? Optional.of(directory.relativize(absolute)).filter(ShortAddress::fits)
                : Optional.empty();
    }

    private static boolean fits(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length <= LIMIT;
    }

    /** Returns the short path. */
    public Path path() {
        return path;
    }

    /** Returns the address to bind or to connect to. */
    public UnixDomainSocketAddress address() {
        return UnixDomainSocketAddress.of(path);
    }

    @Override
    public void close() throws IOException {
        if (link != null) {
            remove(link);
        }
    }

    private static void remove(Path link) throws IOException {
        Files.deleteIfExists(link);
        Files.deleteIfExists(link.resolveSibling(""));
    }
}
