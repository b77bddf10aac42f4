package dev.upkeep.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.PoolSpec;
import dev.upkeep.api.ProcessSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** P2: variables out of files, which beat the inherited ones and are beaten by those in the configuration. */
class EnvironmentFilesTest {
    @TempDir
    private Path directory;

    private void file(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }

    private ProcessSpec process(String line) {
        ChildSpec child = new Reader(directory).children("a:\n  command: [a]\n" + line.indent(2)).get(0);
        return (ProcessSpec) child.work();
    }

    private String refusal(String line) {
        return new Reader(directory).refusal("children:\n  a:\n    command: [a]\n    " + line + "\n")
                .replace(directory + "/", "");
    }

    private static Map<String, String> parsed(String text) {
        EnvironmentFile file = EnvironmentFile.parse(text);
        assertThat(file.faults()).isEmpty();
        return file.variables();
    }

    @Test
    void linesAreNamesWithValuesAsSystemdHasThem() {
        assertThat(parsed("""
                # a comment, and one as systemd has them, too
                ; A=1
                  # PORT=1

                PORT=80
                  export HOST=localhost
                export\tTAB=1
                EMPTY=
                BLANKS=  a  b \t
                HASH=a # b
                DOLLAR=$HOME ${HOME}
                EQUALS=a=b==
                BACKSLASH=C:\\temp\\x
                SINGLE='a "b" \\n $c # '
                DOUBLE="a 'b' \\" \\\\ \\$c \\` \\n \t"
                LINES="one
                  two = 2
                # three
                four"
                after.the-lines_1=x
                AH='ä\u2028'
                """)).containsExactly(entry("PORT", "80"), entry("HOST", "localhost"),
                entry("TAB", "1"), entry("EMPTY", ""), entry("BLANKS", "a  b"), entry("HASH", "a # b"),
                entry("DOLLAR", "$HOME ${HOME}"), entry("EQUALS", "a=b=="),
                entry("BACKSLASH", "C:\\temp\\x"), entry("SINGLE", "a \"b\" \\n $c # "),
                entry("DOUBLE", "a 'b' \" \\ $c ` \\n \t"), entry("LINES", "one\n  two = 2\n# three\nfour"),
                entry("after.the-lines_1", "x"), entry("AH", "ä\u2028"));
    }

    @Test
    void theLinesOfOtherSystemsAndAFileWithoutALastOneAreRead() {
        assertThat(parsed("\ufeffA=1\r\nB=\"2\r\n3\"\r\nC='4'\r\nD=5"))
                .containsExactly(entry("A", "1"), entry("B", "2\n3"), entry("C", "4"), entry("D", "5"));
        assertThat(parsed("")).isEmpty();
        assertThat(parsed("\n\n")).isEmpty();
        assertThat(parsed("export=1")).containsExactly(entry("export", "1"));
    }

    @Test
    void ofTwoWithOneNameTheLaterHolds() {
        assertThat(parsed("A=1\nB=2\nA=3")).containsExactly(entry("B", "2"), entry("A", "3"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiterString = " => ", quoteCharacter = '`', textBlock = """
            A => 1:1 expected NAME=value, but this line has no '='
            A=1|  export B => 2:3 expected NAME=value, but this line has no '='
            =1 => 1:1 there is no name before the '='
            export =1 => 1:1 there is no name before the '='
            A =1 => 1:1 no blank may stand before the '='
            1A=1 => 1:1 what stands before the '=' cannot be the name of a variable; expected letters, digits, '_', '.' and '-', the first no digit
            A B=1 => 1:1 what stands before the '=' cannot be the name
            É=1 => 1:1 what stands before the '=' cannot be the name
            A=1||B='x => 3:3 the quote ' is not closed
            A="x|B=2 => 1:3 the quote " is not closed
            A="x\\" => 1:3 the quote " is not closed
            A='x' y => 1:7 a line must end with the closing quote
            A="x"y => 1:6 a line must end with the closing quote
            A="1|2" 3 => 2:4 a line must end with the closing quote
            A=x\\|B=2 => 1:4 a value that ends in a backslash must stand in quotes
            😀=x => 1:1 what stands before the '=' cannot be the name
            A=x~y => 1:1 a variable cannot hold the character 0
            A~=x => 1:1 what stands before the '=' cannot be the name
            """)
    void f1WhatIsNoSuchLineIsToldWithItsPlaceInThatFile(String lines, String problem) throws IOException {
        file("a.env", lines.replace('|', '\n').replace('~', '\0'));

        int end = problem.indexOf(' ');
        assertThat(refusal("environmentFile: a.env")).startsWith("a.env: 1 problem\n  "
                + problem.substring(0, end) + " children.a.environmentFile: " + problem.substring(end + 1));
    }

    @Test
    void f1EveryProblemOfEveryFileIsToldAtOnceAndOnceOnly() throws IOException {
        Files.write(directory.resolve("a.env"), "A=1\nB\nC=\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        file("b.env", "x y=2\nA='\nB\n");

        String refusal = new Reader(directory).refusal("""
                children:
                  a: {command: [a], replicas: 50, environmentFile: [b.env, none.env, a.env], nice: 50}
                  b: {command: [b], environmentFile: {path: b.env, optional: true}}
                """).replace(directory + "/", "");

        assertThat(refusal).isEqualTo("""
                upkeep.yaml: 2 problems
                  2:60 children.a.environmentFile[1]: there is no file 'none.env'
                  2:84 children.a.nice: '50' must be from -20 to 19
                a.env: 2 problems
                  2:1 children.a.environmentFile[2]: expected NAME=value, but this line has no '='
                  3:3 children.a.environmentFile[2]: not UTF-8 text
                b.env: 3 problems
                  1:1 children.a.environmentFile[0]: what stands before the '=' cannot be the name of a variable;\
                 expected letters, digits, '_', '.' and '-', the first no digit
                  2:3 children.a.environmentFile[0]: the quote ' is not closed
                  3:1 children.a.environmentFile[0]: expected NAME=value, but this line has no '='""");
    }

    @Test
    void f2NoMessageShowsWhatStandsInAFile() throws IOException {
        file("a.env", "hunter2\nhunter2 =hunter2\nPASS='hunter2' hunter2\nX=\"hunter2\n");

        assertThat(refusal("environmentFile: a.env")).startsWith("a.env: 4 problems\n")
                .doesNotContain("hunter2");
    }

    @Test
    void aFileOfAnotherKindIsRefusedWithFewWords() throws IOException {
        file("binary.env", "\0\u0001\u0002\n".repeat(10_000));

        assertThat(refusal("environmentFile: binary.env")).startsWith("binary.env: 50 problems\n");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiterString = " => ", quoteCharacter = '`', textBlock = """
            none.env => 4:22 children.a.environmentFile: there is no file 'none.env'
            [none.env] => 4:23 children.a.environmentFile[0]: there is no file 'none.env'
            {path: none.env} => 4:29 children.a.environmentFile.path: there is no file 'none.env'
            {path: sub, optional: true} => 4:29 children.a.environmentFile.path: 'sub' is a directory
            sub => 4:22 children.a.environmentFile: 'sub' is a directory
            a.env/x => 4:22 children.a.environmentFile: there is no file 'a.env/x'
            loop.env => 4:22 children.a.environmentFile: 'loop.env' cannot be read: java.nio.file.FileSystemException
            /dev/zero => 4:22 children.a.environmentFile: '/dev/zero' is not a file
            large.env => 4:22 children.a.environmentFile: 'large.env' is longer than 1 MiB
            "a\\0b" => 4:22 children.a.environmentFile: it cannot be the path of a file
            {optional: true} => 4:22 children.a.environmentFile: 'path' must be given
            {path: a.env, optional: perhaps} => 4:46 children.a.environmentFile.optional: 'perhaps' is not true or false
            {path: a.env, optionl: true} => 4:36 children.a.environmentFile.optionl: unknown key; expected path or optional. Did you mean 'optional'?
            {path: [a.env]} => 4:29 children.a.environmentFile.path: expected a single value, but here is a list
            [[a.env]] => 4:23 children.a.environmentFile[0]: expected a path, {path: …, optional: true}, or a list of such, but here is a list
            [a.env, ] => OK
            [a.env, null] => 4:30 children.a.environmentFile[1]: expected a path, {path: …, optional: true}, or a list of such, but here is nothing
            ${UNSET}.env => 4:22 children.a.environmentFile: the variable UNSET is not set
            """)
    void f1AFileThatCannotBeReadIsToldByItsNameAndWhereItIsNamed(String value, String problem)
            throws IOException {
        Files.createDirectory(directory.resolve("sub"));
        Files.createSymbolicLink(directory.resolve("loop.env"), Path.of("loop.env"));
        file("large.env", "A=" + "x".repeat(1024 * 1024 - 1));
        file("a.env", "A=1");

        if (problem.equals("OK")) {
            assertThat(process("environmentFile: " + value).environment()).containsEntry("A", "1");
        } else {
            assertThat(refusal("environmentFile: " + value))
                    .startsWith("upkeep.yaml: 1 problem\n  " + problem);
        }
    }

    @Test
    void f1AFileThatMayNotBeReadIsTold() throws IOException {
        file("secret.env", "A=1");
        Files.setPosixFilePermissions(directory.resolve("secret.env"),
                PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(directory.resolve("secret.env")), "root reads everything");

        assertThat(refusal("environmentFile: secret.env")).isEqualTo("upkeep.yaml: 1 problem\n  4:22"
                + " children.a.environmentFile: 'secret.env' may not be read by this user");
    }

    @Test
    void aFileOfOneMebibyteIsStillRead() throws IOException {
        file("large.env", "A=" + "x".repeat(1024 * 1024 - 2));

        assertThat(process("environmentFile: large.env").environment().get("A")).hasSize(1024 * 1024 - 2);
    }

    @Test
    void p2TheConfigurationBeatsItsFilesAndALaterFileAnEarlier() throws IOException {
        file("one.env", "A=1\nB=1\nC=1\n");
        file("two-a.env", "B=2\nC=2\n");

        ProcessSpec spec = process("""
                environmentFile: [one.env, {path: "two-${name}.env"}, {path: none.env, optional: true}]
                environment: {C: 3, D: 3}
                """);

        assertThat(spec.environment()).containsExactly(entry("A", "1"), entry("B", "2"), entry("C", "3"),
                entry("D", "3"));
        assertThat(spec.inheritEnvironment()).isTrue();
        assertThat(process("environmentFile: " + directory.resolve("one.env")).environment())
                .containsOnlyKeys("A", "B", "C");
        assertThat(process("environmentFile: []").environment()).isEmpty();
    }

    @Test
    void eachOfAPoolMayHaveAFileOfItsOwnAndOneThatIsWrongIsToldWhenThePoolIsScaled() throws IOException {
        file("0.env", "A=0");
        file("1.env", "A=1");
        file("2.env", "A=2\nB");
        PoolSpec pool = Optional.ofNullable(new Reader(directory)
                .tree("children: {a: {command: [a], replicas: 1, environmentFile: \"${index}.env\"}}")
                .root()
                .pools()
                .get("a")).orElseThrow();

        assertThat(pool.members(2)).extracting(child -> ((ProcessSpec) child.work()).environment().get("A"))
                .containsExactly("0", "1");
        for (int times = 0; times < 2; times++) {
            assertThatIllegalArgumentException().isThrownBy(() -> pool.members(3))
                    .withMessage(directory + "/2.env:2:1 children.a.environmentFile:"
                            + " expected NAME=value, but this line has no '='");
        }
    }
}
