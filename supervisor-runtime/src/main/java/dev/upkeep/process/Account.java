package dev.upkeep.process;

import dev.upkeep.api.RunAs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The user and groups a child runs with, where they are not the supervisor's. Read at each start from the host's files,
 * so that a user made a moment ago is there; what a directory service alone knows is not found by its name.
 *
 * @param groups all of them, {@code gid} among them
 * @param login the entry of the user, if the host knows one; empty also where only the group is another
 */
record Account(long uid, long gid, Set<Long> groups, boolean otherUser, Optional<Login> login) {
    private static final Path USERS = Path.of("/etc/passwd");
    private static final Path GROUPS = Path.of("/etc/group");
    /** The highest one; the one above stands for none. */
    private static final long MOST_ID = 0xfffffffeL;

    /** An entry of passwd(5). */
    record Login(String name, long uid, long gid, String home) {}

    Account {
        groups = Set.copyOf(groups);
    }

    /** Returns whom the rule names, or nothing if it is the supervisor's user and group. */
    static Optional<Account> of(RunAs runAs, Rights rights) throws Refused {
        return of(runAs, rights, USERS, GROUPS);
    }

    /** @param users in the form of passwd(5), {@code groups} in that of group(5) */
    static Optional<Account> of(RunAs runAs, Rights rights, Path users, Path groups) throws Refused {
        OptionalLong group = OptionalLong.empty();
        if (runAs.group().isPresent()) {
            group = OptionalLong.of(groupId(runAs.group().get(), groups));
        }
        if (runAs.user().isEmpty()) {
            return group.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Account(rights.uid(), group.getAsLong(), Set.of(group.getAsLong()),
                            false, Optional.empty()));
        }
        String user = runAs.user().get();
        Optional<Login> login = login(user, users);
        OptionalLong number = number(user);
        if (login.isEmpty() && number.isEmpty()) {
            throw new Refused("getpwnam", Errno.ENOENT, "there is no user '" + user + "' on this host");
        }
        if (login.isEmpty() && group.isEmpty()) {
            throw new Refused("getpwuid", Errno.ENOENT,
                    "the user " + user + " has no entry on this host, so its group must be given, too");
        }
        long uid = login.map(Login::uid).orElseGet(number::orElseThrow);
        long gid = group.orElseGet(() -> login.orElseThrow().gid());
        Set<Long> all = new HashSet<>(Set.of(gid));
        if (login.isPresent()) {
            all.addAll(groupsOf(login.get().name(), groups));
        }
        return Optional.of(new Account(uid, gid, all, true, login));
    }

    private static Optional<Login> login(String user, Path users) throws Refused {
        List<Login> all = new ArrayList<>();
        for (String[] fields : entries(users)) {
            if (fields.length >= 6 && number(fields[2]).isPresent() && number(fields[3]).isPresent()) {
                all.add(new Login(fields[0], number(fields[2]).getAsLong(), number(fields[3]).getAsLong(),
                        fields[5]));
            }
        }
        // A name of digits is a name first, as chown has it.
        OptionalLong number = number(user);
        Predicate<Login> sameName = each -> each.name().equals(user);
        return all.stream()
                .filter(sameName)
                .findFirst()
                .or(() -> all.stream()
                        .filter(each -> number.isPresent() && each.uid() == number.getAsLong())
                        .findFirst());
    }

    private static long groupId(String group, Path groups) throws Refused {
        for (String[] fields : entries(groups)) {
            if (fields.length >= 3 && fields[0].equals(group) && number(fields[2]).isPresent()) {
                return number(fields[2]).getAsLong();
            }
        }
        OptionalLong number = number(group);
        if (number.isEmpty()) {
            throw new Refused("getgrnam", Errno.ENOENT, "there is no group '" + group + "' on this host");
        }
        return number.getAsLong();
    }

    private static Set<Long> groupsOf(String user, Path groups) throws Refused {
        Set<Long> all = new HashSet<>();
        for (String[] fields : entries(groups)) {
            if (fields.length >= 4 && List.of(fields[3].split(",", -1)).contains(user)) {
                number(fields[2]).ifPresent(all::add);
            }
        }
        return all;
    }

    private static List<String[]> entries(Path file) throws Refused {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split(":", -1))
                    .toList();
        } catch (IOException e) {
            throw new Refused("openat", Errno.EACCES,
                    "the host's users and groups cannot be read: " + e.getMessage());
        }
    }

    private static OptionalLong number(String text) {
        if (text.isEmpty() || text.length() > 10 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return OptionalLong.empty();
        }
        long number = Long.parseLong(text);
        return number > MOST_ID ? OptionalLong.empty() : OptionalLong.of(number);
    }
}
