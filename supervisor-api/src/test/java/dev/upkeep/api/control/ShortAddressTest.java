package dev.upkeep.api.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShortAddressTest {
    @TempDir
    private Path temp;

    @Test
    void aPathThatFitsIsTakenAsItIs() throws Exception {
        try (ShortAddress address = ShortAddress.of(Path.of("/run/shop/control.sock"))) {
            assertThat(address.path()).isEqualTo(Path.of("/run/shop/control.sock"));
        }
    }

    @Test
    void aDeepPathBelowTheWorkingDirectoryIsTakenFromThere() throws Exception {
        Path here = Path.of("").toAbsolutePath();
        String name = "n".repeat(ShortAddress.LIMIT - here.toString().length());

        try (ShortAddress address = ShortAddress.of(here.resolve(name))) {
            assertThat(address.path()).isEqualTo(Path.of(name));
        }
    }

    @Test
    void theLimitIsInBytes() throws Exception {
        Path sixtyLetters = temp.resolve("ä".repeat(60));

        try (ShortAddress address = ShortAddress.of(sixtyLetters.resolve("s"))) {
            assertThat(address.path()).isNotEqualTo(sixtyLetters.resolve("s"));
        }
    }

    @Test
    void aServerAndAClientMeetInADirectoryOfTwoHundredLetters() throws Exception {
        Path deep = Files.createDirectories(temp.resolve("a".repeat(100)).resolve("b".repeat(100)));
        Path socket = deep.resolve("control.sock");
        Path made;
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            try (ShortAddress address = ShortAddress.of(socket)) {
                made = address.path()
                        .getRoot()
                        .resolve(address.path().subpath(0, address.path().getNameCount() - 2));
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                        .isEqualTo("rwx------");
                server.bind(address.address());
            }
            try (ShortAddress address = ShortAddress.of(socket)) {
                assertThat(client.connect(address.address())).isTrue();
            }
        }
        assertThat(socket).exists();
        assertThat(made).doesNotExist();
    }
}
