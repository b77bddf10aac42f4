package dev.upkeep.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What execve would answer, without running anything. */
final class ExecCheck {
    /** As many as the kernel reads of a script. */
    private static final int LONGEST_HEAD = 256;
    /** A script may be the interpreter of a script, so often. */
    private static final int MOST_INTERPRETERS = 5;
    private static final Path MORE_FORMATS = Path.of("/proc/sys/fs/binfmt_misc");
    private static final int ELF_DATA = 5;
    private static final int ELF_MACHINE = 18;
    private static final Set<Integer> MACHINES_OF_X86 = Set.of(3, 62);
    private static final Set<Integer> MACHINES_OF_ARM = Set.of(40, 183);

    private final Program.Permission permission;
    private final Function<String, @Nullable Path> toFile;

    /** @param toFile from a name to a file as the child would see it; null for what cannot be a path */
    ExecCheck(Program.Permission permission, Function<String, @Nullable Path> toFile) {
        this.permission = permission;
        this.toFile = toFile;
    }

    /** Returns the error there would be, or 0 if none can be foreseen. */
    int errno(String program) {
        return errno(program, 0);
    }

    private int errno(String program, int interpreters) {
        Path file = toFile.apply(program);
        if (file == null || !Files.exists(file)) {
            return Errno.ENOENT;
        }
        if (!Files.isRegularFile(file) || !permission.mayExecute(file)) {
            return Errno.EACCES;
        }
        byte[] head;
        try {
            head = head(file);
        } catch (IOException e) {
            // May be executed, but not read by this user: only the kernel knows.
            return 0;
        }
        if (isScript(head)) {
            String interpreter = interpreter(head);
            if (interpreter.isEmpty()) {
                return Errno.ENOEXEC;
            }
            return interpreters == MOST_INTERPRETERS ? Errno.ELOOP : errno(interpreter, interpreters + 1);
        }
        return isProgram(head) || hasMoreFormats() ? 0 : Errno.ENOEXEC;
    }

    /** Returns the interpreter that the first line of a script names; null if it is none, or cannot be read. */
    static @Nullable String interpreterOf(Path file) {
        try {
            byte[] head = head(file);
            return isScript(head) ? interpreter(head) : null;
        } catch (IOException e) {
            return null;
        }
    }

    private static byte[] head(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(LONGEST_HEAD);
        }
    }

    private static boolean isScript(byte[] head) {
        return head.length >= 2 && head[0] == '#' && head[1] == '!';
    }

    private static String interpreter(byte[] head) {
        String line = new String(head, 2, head.length - 2, StandardCharsets.UTF_8)
                .lines()
                .findFirst()
                .orElse("")
                .strip();
        return line.split("[ \t]", 2)[0];
    }

    private static boolean isProgram(byte[] head) {
        if (head.length <= ELF_MACHINE + 1 || head[0] != 0x7f || head[1] != 'E' || head[2] != 'L'
                || head[3] != 'F') {
            return false;
        }
        boolean bigEndian = head[ELF_DATA] == 2;
        int machine = (head[ELF_MACHINE + (bigEndian ? 1 : 0)] & 0xff)
                | (head[ELF_MACHINE + (bigEndian ? 0 : 1)] & 0xff) << 8;
        boolean arm = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT).equals("aarch64");
        return (arm ? MACHINES_OF_ARM : MACHINES_OF_X86).contains(machine);
    }

    /** Returns whether this kernel was taught to run other files, too: programs of another processor, for one. */
    private static boolean hasMoreFormats() {
        try (DirectoryStream<Path> formats = Files.newDirectoryStream(MORE_FORMATS,
                each -> !Set.of("register", "status").contains(String.valueOf(each.getFileName())))) {
            return formats.iterator().hasNext();
        } catch (IOException | DirectoryIteratorException e) {
            return false;
        }
    }
}
