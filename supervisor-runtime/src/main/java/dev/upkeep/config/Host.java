package dev.upkeep.config;

import dev.upkeep.api.ResourceLimit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What wishes about processes are held against: as whom and within which bounds the supervisor runs, and who else there is.
 *
 * @param user the number of the user that the supervisor runs as
 * @param userName the name of that
 * @param group the number of its group
 * @param capabilities a bit for each that a program has which the supervisor starts: of one that is not root, the ambient ones
 * @param nicest how far down it may go without the capability for it
 * @param oomScoreAdjust the supervisor's own
 * @param hardLimits of the supervisor; those that are missing are not known
 * @param mostOpenFiles what not even root may have more of; empty if not known
 */
record Host(long user, String userName, long group, long capabilities, int nicest, int oomScoreAdjust,
        Map<ResourceLimit, Long> hardLimits, Optional<Long> mostOpenFiles, Accounts users, Accounts groups) {
    static final int CAP_SETGID = 6;
    static final int CAP_SETUID = 7;
    static final int CAP_SYS_NICE = 23;
    static final int CAP_SYS_RESOURCE = 24;

    private static final int LONGEST_FILE = 64 * 1024;
    private static final long UNKNOWN = -1;
    private static final Pattern BITS = Pattern.compile("[0-9a-f]{1,16}");
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}");

    boolean may(int capability) {
        return (capabilities >>> capability & 1) == 1;
    }

    /** Returns as whom the supervisor runs, where it may not do what root may. */
    String who() {
        return "this one runs as '" + userName + (user == 0 ? "' without that capability" : "'");
    }

    /** Asks the machine that this runs on. What it does not tell, because it is not Linux, forbids nothing. */
    static Host here() {
        UserPrincipalLookupService service = FileSystems.getDefault().getUserPrincipalLookupService();
        String userName = System.getProperty("user.name", "");
        Path etc = Path.of("/etc");
        return of(Path.of("/proc"), userName,
                Accounts.of(etc.resolve("passwd"),
                        name -> isKnown(name, () -> service.lookupPrincipalByName(name))),
                Accounts.of(etc.resolve("group"),
                        name -> isKnown(name, () -> service.lookupPrincipalByGroupName(name))));
    }

    private interface Lookup {
        Object find() throws IOException;
    }

    private static boolean isKnown(String name, Lookup lookup) {
        // The service takes a number for a name that nobody has.
        if (Accounts.number(name).isPresent()) {
            return false;
        }
        try {
            lookup.find();
            return true;
        } catch (IOException | UnsupportedOperationException | SecurityException e) {
            return false;
        }
    }

    /** @param proc where the kernel tells */
    static Host of(Path proc, String userName, Accounts users, Accounts groups) {
        String status = text(proc.resolve("self/status"));
        String limits = text(proc.resolve("self/limits"));
        Map<ResourceLimit, Long> hard = new EnumMap<>(ResourceLimit.class);
        for (ResourceLimit limit : ResourceLimit.values()) {
            hardLimit(limits, nameOf(limit)).ifPresent(bound -> hard.put(limit, bound));
        }
        long user = number(after(status, "Uid:"), 1)
                .orElseGet(() -> userName.equals("root") ? 0L : users.numberOf(userName).orElse(UNKNOWN));
        String stat = text(proc.resolve("self/stat"));
        // The name before it may hold blanks and parentheses.
        long nice = number(stat.substring(stat.lastIndexOf(')') + 1), 16).orElse(0L);
        // The limit on it counts the other way round, from 1 to 40; see getrlimit(2).
        long nicest = 20 - hardLimit(limits, "Max nice priority").orElse(0L);
        return new Host(user, userName, number(after(status, "Gid:"), 1).orElse(UNKNOWN),
                user == 0 ? bits(status, "CapBnd:", -1) : bits(status, "CapAmb:", 0),
                (int) Math.max(-20, Math.min(nice, nicest)),
                number(text(proc.resolve("self/oom_score_adj")), 0).orElse(0L).intValue(), hard,
                number(text(proc.resolve("sys/fs/nr_open")), 0), users, groups);
    }

    private static String text(Path file) {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(LONGEST_FILE), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private static long bits(String status, String begin, long otherwise) {
        String bits = after(status, begin).strip();
        return BITS.matcher(bits).matches() ? Long.parseUnsignedLong(bits, 16) : otherwise;
    }

    /** Returns the rest of the line that begins so, or nothing. */
    private static String after(String text, String begin) {
        return text.lines()
                .filter(line -> line.startsWith(begin))
                .findFirst()
                .map(line -> line.substring(begin.length()))
                .orElse("");
    }

    /** Returns one of the numbers in a text with blanks between, if there is one in that place. */
    private static Optional<Long> number(String text, int index) {
        String[] words = text.strip().split("\\s+");
        return index < words.length && NUMBER.matcher(words[index]).matches()
                ? Optional.of(Long.parseLong(words[index]))
                : Optional.empty();
    }

    private static Optional<Long> hardLimit(String limits, String name) {
        String bounds = after(limits, name + " ");
        return bounds.strip().matches("\\S+\\s+unlimited(\\s.*)?")
                ? Optional.of(ResourceLimit.UNLIMITED)
                : number(bounds, 1);
    }

    private static String nameOf(ResourceLimit limit) {
        return switch (limit) {
            case OPEN_FILES -> "Max open files";
            case PROCESSES -> "Max processes";
            case CORE -> "Max core file size";
            case MEMORY -> "Max address space";
            case DATA -> "Max data size";
            case STACK -> "Max stack size";
            case FILE_SIZE -> "Max file size";
            case LOCKED_MEMORY -> "Max locked memory";
            case CPU -> "Max cpu time";
            case PENDING_SIGNALS -> "Max pending signals";
        };
    }
}
