package dev.upkeep.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * Sees whether anything runs twice. Children start their program through its script, which holds a lock of the child's name for
 * as long as any process of the instance lives: the kernel keeps it, so no kill can make it lie.
 */
record Witness(Path directory) {
    static Witness in(Path directory) throws IOException {
        Witness witness = new Witness(Files.createDirectory(directory));
        witness.program("once", """
                #!/bin/sh
                # once NAME COMMAND...
                name=$1; shift
                exec 9>>"%1$s/$name.lock"
                flock -n 9 || echo "$name as pid $$" >>"%1$s/twice"
                echo $$ >>"%1$s/$name.starts"
                exec "$@"
                """.formatted(directory));
        return witness;
    }

    /** Writes a script that can be executed. */
    Path program(String name, String text) throws IOException {
        Path program = Files.writeString(directory.resolve(name), text);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return program;
    }

    List<String> starts(String name) throws IOException {
        return Files.readAllLines(directory.resolve(name + ".starts"));
    }

    void nothingRanTwice() throws IOException {
        Path twice = directory.resolve("twice");
        assertThat(Files.exists(twice) ? Files.readString(twice) : "").as("ran beside another instance")
                .isEmpty();
    }
}
