package dev.upkeep.process;

import dev.upkeep.api.ResourceLimit;
import dev.upkeep.api.RunAs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tools that make a process what {@link RunAs} says, each of which becomes the next by exec, the last one the program
 * (P2). All is in force before its first instruction, and nothing a person wrote passes through a shell but as an
 * argument.
 *
 * <p>Two things cannot be kept behind a chain: the program's {@code argv[0]} is its path, and where umask or
 * oomScoreAdjust are set the shell between may add {@code PWD} and leave out variables with names no shell could use.
 */
final class ExecChain {
    private static final ExecChain NONE = new ExecChain(List.of());
    private static final Path MOST_OPEN_FILES = Path.of("/proc/sys/fs/nr_open");
    private static final Path OWN_SCORE = Path.of("/proc/self/oom_score_adj");

    private final List<List<String>> stages;

    private ExecChain(List<List<String>> stages) {
        this.stages = stages;
    }

    /**
     * Returns what it takes, nothing for a process that runs as the supervisor does.
     *
     * @throws Refused if the supervisor has no right to it, or the host no tool for it. Asked beforehand, because
     *         {@code nice} only warns and whatever else a tool says comes too late
     */
    static ExecChain of(RunAs runAs, @Nullable Account account, Rights rights, Tools tools) throws Refused {
        List<List<String>> stages = new ArrayList<>();
        shell(runAs, rights, tools).ifPresent(stages::add);
        nice(runAs, rights, tools).ifPresent(stages::add);
        limits(runAs, rights, tools).ifPresent(stages::add);
        // Last, because the others need the rights that end here.
        if (account != null) {
            user(runAs, account, rights, tools).ifPresent(stages::add);
        }
        return stages.isEmpty() ? NONE : new ExecChain(stages);
    }

    static ExecChain none() {
        return NONE;
    }

    /** Returns the same chain behind one more link. */
    ExecChain behind(List<String> first) {
        List<List<String>> all = new ArrayList<>(List.of(first));
        all.addAll(stages);
        return new ExecChain(all);
    }

    /** Returns the same chain with one more link, before the program. */
    ExecChain before(List<String> last) {
        List<List<String>> all = new ArrayList<>(stages);
        all.add(last);
        return new ExecChain(all);
    }

    boolean isEmpty() {
        return stages.isEmpty();
    }

    /** Returns the file to hand to the kernel. */
    String first(String program) {
        return stages.isEmpty() ? program : stages.get(0).get(0);
    }

    /** Returns the arguments to hand to the kernel, with {@code argv[0]}. */
    List<String> arguments(String program, List<String> command) {
        return stages.isEmpty() ? command : argumentsFrom(0, program, command);
    }

    private List<String> argumentsFrom(int stage, String program, List<String> command) {
        List<String> arguments = new ArrayList<>();
        stages.subList(stage, stages.size()).forEach(arguments::addAll);
        arguments.add(program);
        arguments.addAll(command.subList(1, command.size()));
        return arguments;
    }

    /** Returns the arguments with which each tool runs. */
    List<List<String>> commandLines(String program, List<String> command) {
        List<List<String>> lines = new ArrayList<>();
        for (int i = 0; i < stages.size(); i++) {
            lines.add(argumentsFrom(i, program, command));
        }
        return lines;
    }

    private static Optional<List<String>> shell(RunAs runAs, Rights rights, Tools tools) throws Refused {
        StringBuilder script = new StringBuilder();
        if (runAs.umask().isPresent()) {
            script.append("umask ").append(Integer.toOctalString(runAs.umask().getAsInt())).append("; ");
        }
        if (runAs.oomScoreAdjust().isPresent()) {
            int score = runAs.oomScoreAdjust().getAsInt();
            if (!rights.has(Rights.CAP_SYS_RESOURCE) && score < Math.min(0, ownScore())) {
                throw new Refused("write", Errno.EACCES, "an oomScoreAdjust of " + score
                        + " needs a supervisor that runs as root, and " + rights.words());
            }
            script.append("echo ")
                    .append(score)
                    .append(" >/proc/self/oom_score_adj || { echo 'oomScoreAdjust ")
                    .append(score)
                    .append(" is not permitted' >&2; exit 126; }; ");
        }
        if (script.isEmpty()) {
            return Optional.empty();
        }
        String sh = tools.find("sh", "umask or oomScoreAdjust");
        return Optional.of(List.of(sh, "-c", script.append("exec \"$@\"").toString(), "upkeep"));
    }

    private static Optional<List<String>> nice(RunAs runAs, Rights rights, Tools tools) throws Refused {
        int own = runAs.nice().isPresent() ? Rights.ownNice() : 0;
        int wanted = runAs.nice().orElse(own);
        if (wanted == own) {
            return Optional.empty();
        }
        if (!rights.mayBeNice(wanted, own)) {
            throw new Refused("setpriority", Errno.EACCES,
                    "a nice of " + wanted + ", below the supervisor's own "
                            + own + ", needs one that runs as root, and " + rights.words());
        }
        return Optional.of(List.of(tools.find("nice", "nice"), "-n", Integer.toString(wanted - own), "--"));
    }

    private static Optional<List<String>> limits(RunAs runAs, Rights rights, Tools tools) throws Refused {
        if (runAs.limits().isEmpty()) {
            return Optional.empty();
        }
        List<String> arguments = new ArrayList<>(List.of(tools.find("prlimit", "limits")));
        for (Map.Entry<ResourceLimit, ResourceLimit.Bound> each : runAs.limits().entrySet()) {
            ResourceLimit.Bound bound = each.getValue();
            requirePossible(each.getKey(), bound, rights);
            arguments.add(
                    "--" + each.getKey().resource() + "=" + text(bound.soft()) + ":" + text(bound.hard()));
        }
        arguments.add("--");
        return Optional.of(List.copyOf(arguments));
    }

    private static void requirePossible(ResourceLimit limit, ResourceLimit.Bound bound, Rights rights)
            throws Refused {
        long own = Rights.limit(number(limit))[1];
        if (bound.hard() > own && !rights.has(Rights.CAP_SYS_RESOURCE)) {
            throw new Refused("prlimit", Errno.EPERM, "the limit " + limit.key() + " of " + text(bound.hard())
                    + ", above the supervisor's own " + text(own) + ", needs one that runs as root, and "
                    + rights.words());
        }
        long most = limit == ResourceLimit.OPEN_FILES ? number(MOST_OPEN_FILES) : Long.MAX_VALUE;
        if (bound.hard() > most) {
            throw new Refused("prlimit", Errno.EPERM, "the limit " + limit.key() + " of " + text(bound.hard())
                    + " is above what this kernel gives anybody, " + most + " (" + MOST_OPEN_FILES + ")");
        }
    }

    private static Optional<List<String>> user(RunAs runAs, Account account, Rights rights, Tools tools)
            throws Refused {
        boolean same = account.uid() == rights.uid() && account.gid() == rights.gid();
        if (!rights.has(Rights.CAP_SETGID) || (account.otherUser() && !rights.has(Rights.CAP_SETUID))) {
            if (same) {
                return Optional.empty();
            }
            boolean user = account.uid() != rights.uid();
            throw new Refused(user ? "setresuid" : "setresgid", Errno.EPERM,
                    (user ? "user '" + runAs.user().orElse("") : "group '" + runAs.group().orElse(""))
                            + "' needs a supervisor that runs as root, and " + rights.words());
        }
        String setpriv = tools.find("setpriv", "user or group");
        String gid = Long.toString(account.gid());
        if (!account.otherUser()) {
            return Optional.of(List.of(setpriv, "--regid", gid, "--keep-groups", "--"));
        }
        List<String> arguments = new ArrayList<>(List.of(setpriv));
        if (rights.uid() != 0 && account.uid() != rights.uid()) {
            // Who is not root loses no capability with the user, so another user's program could become whom it wants.
            arguments.add("--inh-caps=-all");
        }
        arguments.addAll(List.of("--reuid", Long.toString(account.uid()), "--regid", gid,
                account.login().isPresent() ? "--init-groups" : "--clear-groups", "--"));
        return Optional.of(List.copyOf(arguments));
    }

    /** Returns the number that the kernel knows the bound by, on both processors. */
    private static int number(ResourceLimit limit) {
        return switch (limit) {
            case CPU -> 0;
            case FILE_SIZE -> 1;
            case DATA -> 2;
            case STACK -> 3;
            case CORE -> 4;
            case PROCESSES -> 6;
            case OPEN_FILES -> 7;
            case LOCKED_MEMORY -> 8;
            case MEMORY -> 9;
            case PENDING_SIGNALS -> 11;
        };
    }

    private static String text(long bound) {
        return bound == ResourceLimit.UNLIMITED ? "unlimited" : Long.toString(bound);
    }

    private static long ownScore() {
        long own = number(OWN_SCORE);
        return own == Long.MAX_VALUE ? 0 : own;
    }

    /** Returns what the kernel writes there, or more than any number if it does not. */
    private static long number(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            // In one read: what is under /proc/sys ends after the first one.
            byte[] buffer = new byte[64];
            int n = in.read(buffer);
            return Long.parseLong(new String(buffer, 0, Math.max(0, n), StandardCharsets.US_ASCII).strip());
        } catch (IOException | NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }
}
