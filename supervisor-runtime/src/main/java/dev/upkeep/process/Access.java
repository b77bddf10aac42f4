package dev.upkeep.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a user may do with files, as far as it can be told without being that user. Where it cannot be told (an access
 * list, a file system with rules of its own) it is taken for allowed, and the kernel has the last word.
 */
final class Access implements Program.Permission {
    private static final long GETXATTR = Kernel.byProcessor(191, 8);
    private static final int EXECUTE = 1;
    private static final int ANY_EXECUTE = 0111;

    private final Account account;

    private Access(Account account) {
        this.account = account;
    }

    /** @param account null for the supervisor's own user, who can simply try */
    static Program.Permission of(@Nullable Account account) {
        // To root all is open that is open to a supervisor that may become root.
        return account == null || !account.otherUser() || account.uid() == 0
                ? Files::isExecutable
                : new Access(account);
    }

    @Override
    public String who() {
        return " by user " + account.login().map(Account.Login::name).orElse(Long.toString(account.uid()));
    }

    /** A directory is executed by entering it. */
    @Override
    public boolean mayExecute(Path file) {
        if (!reaches(file.toAbsolutePath().normalize())) {
            return false;
        }
        try {
            // The link and what it points to lie behind directories of their own.
            Path real = file.toRealPath();
            return reaches(real) && permits(real);
        } catch (IOException e) {
            return Files.isExecutable(file);
        }
    }

    private boolean reaches(Path file) {
        for (Path above = file.getParent(); above != null; above = above.getParent()) {
            if (!permits(above)) {
                return false;
            }
        }
        return true;
    }

    private boolean permits(Path file) {
        try {
            Map<String, Object> attributes = Files.readAttributes(file, "unix:mode,uid,gid");
            int mode = number(attributes, "mode");
            long uid = number(attributes, "uid") & 0xffffffffL;
            long gid = number(attributes, "gid") & 0xffffffffL;
            int bits = uid == account.uid() ? mode >> 6 : account.groups().contains(gid) ? mode >> 3 : mode;
            return (bits & EXECUTE) != 0 || ((mode & ANY_EXECUTE) != 0 && hasAccessList(file));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return true;
        }
    }

    private static int number(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof Integer number ? number : 0;
    }

    private static boolean hasAccessList(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            long path = Libc.string(arena, file.toString().getBytes(StandardCharsets.UTF_8)).address();
            long name = Libc.string(arena, "system.posix_acl_access".getBytes(StandardCharsets.US_ASCII))
                    .address();
            return Kernel.call(GETXATTR, path, name, 0, 0, 0) > 0;
        }
    }
}
