package dev.upkeep.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What /proc says of one process.
 *
 * @param state its letter: Z and X are dead
 * @param session the number of the process that began it
 * @param flags of the kernel's
 */
record ProcessStat(char state, long session, long flags) {
    private static final int PF_EXITING = 4;

    /** Returns nothing if there is no such process. */
    static Optional<ProcessStat> of(long pid) {
        String stat;
        try {
            stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return Optional.empty();
        }
        // The name, in brackets, may hold anything: state, parent, group, session, terminal, its group, flags come after it.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", 8);
        return fields.length < 8
                ? Optional.empty()
                : Optional.of(new ProcessStat(fields[0].charAt(0), Long.parseLong(fields[3]),
                        Long.parseLong(fields[6])));
    }

    /** Returns whether it still runs: one on its way out has closed its descriptors already. */
    boolean lives() {
        return state != 'Z' && state != 'X' && (flags & PF_EXITING) == 0;
    }
}
