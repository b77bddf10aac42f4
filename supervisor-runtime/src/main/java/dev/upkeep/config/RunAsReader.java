package dev.upkeep.config;

import dev.upkeep.api.RunAs;
import dev.upkeep.config.YamlNode.Scalar;
import dev.upkeep.plugin.Nearest;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Reads as whom and within which bounds a process runs (P2), as far as this host allows it. */
final class RunAsReader {
    static final List<String> KEYS = List.of("user", "group", "umask", "nice", "oomScoreAdjust", "limits");

    private static final Pattern OCTAL = Pattern.compile("(?:0o)?([0-7]{1,6})");
    private static final int MOST_UMASK = 0777;
    private static final Bounds NICE = new Bounds(-20, 19, false);
    private static final Bounds OOM_SCORE_ADJUST = new Bounds(-1000, 1000, false);
    /** The one above stands for "none". */
    private static final long MOST_NUMBER = (1L << 32) - 2;

    private final Reading reading;

    RunAsReader(Reading reading) {
        this.reading = reading;
    }

    RunAs read(Fields fields) {
        Optional<String> user = account(fields, "user");
        Optional<String> group = account(fields, "group");
        user.filter(u -> fields.node("group").isEmpty()).ifPresent(u -> requireGroup(fields, u));
        RunAs runAs = new RunAs(user, group, umask(fields), nice(fields), oomScoreAdjust(fields),
                new LimitsReader(reading).read(fields));
        // One for all that say nothing: there may be very many of them.
        return runAs.equals(RunAs.theSupervisor()) ? RunAs.theSupervisor() : runAs;
    }

    private Optional<String> account(Fields fields, String key) {
        Optional<String> text = fields.text(key);
        if (text.isEmpty() || !(fields.node(key).orElse(null) instanceof Scalar scalar)) {
            return Optional.empty();
        }
        String name = text.get();
        Host host = reading.host().get();
        boolean isUser = key.equals("user");
        Accounts accounts = isUser ? host.users() : host.groups();
        Optional<Long> number = accounts.numberOf(name).or(() -> Accounts.number(name));
        if (number.isEmpty()) {
            // At the start, too, names come from the host's files alone.
            fields.tell(key, accounts.isKnown(name)
                    ? "only a directory service knows " + scalar.shown() + "; give the number"
                    : "this host has no " + key + " named " + scalar.shown() + "."
                            + Nearest.hint(scalar.guess(name), accounts.names()));
            return Optional.empty();
        }
        if (number.get() > MOST_NUMBER) {
            fields.tell(key, scalar.shown() + " must be a name, or a number from 0 to " + MOST_NUMBER);
            return Optional.empty();
        }
        boolean isOwn = number.get() == (isUser ? host.user() : host.group());
        if (!isOwn && !host.may(isUser ? Host.CAP_SETUID : Host.CAP_SETGID)) {
            fields.tell(key, scalar.shown() + " needs a supervisor that runs as root, and " + host.who());
            return Optional.empty();
        }
        return text;
    }

    /** A number that nobody has says nothing about a group, and root's must not be what is left over. */
    private void requireGroup(Fields fields, String user) {
        Host host = reading.host().get();
        Optional<Long> number = Accounts.number(user).filter(n -> host.users().numberOf(user).isEmpty());
        if (number.isPresent() && !host.users().hasNumber(number.get())) {
            fields.tell("user", "nobody in /etc/passwd has this number, so its group is not known;"
                    + " give 'group', too");
        }
    }

    private OptionalInt umask(Fields fields) {
        Optional<String> text = fields.text("umask");
        if (text.isEmpty() || !(fields.node("umask").orElse(null) instanceof Scalar scalar)) {
            return OptionalInt.empty();
        }
        var octal = OCTAL.matcher(text.get());
        if (!octal.matches()) {
            fields.tell("umask", scalar.shown() + " is not a umask; expected an octal number, as in 027");
            return OptionalInt.empty();
        }
        int umask = Integer.parseInt(octal.group(1), 8);
        if (umask > MOST_UMASK) {
            fields.tell("umask", scalar.shown() + " must be from 0 to 0777, in octal");
            return OptionalInt.empty();
        }
        return OptionalInt.of(umask);
    }

    private OptionalInt nice(Fields fields) {
        Optional<Integer> nice = fields.leaf("nice", Integer.class, NICE);
        nice.filter(n -> n < reading.host().get().nicest())
                .filter(n -> !reading.host().get().may(Host.CAP_SYS_NICE))
                .ifPresent(n -> needsRoot(fields, "nice", reading.host().get().nicest()));
        return nice.map(OptionalInt::of).orElse(OptionalInt.empty());
    }

    private OptionalInt oomScoreAdjust(Fields fields) {
        Optional<Integer> adjust = fields.leaf("oomScoreAdjust", Integer.class, OOM_SCORE_ADJUST);
        // Below zero the kernel lets nobody go but whom it has set there, and root.
        adjust.filter(a -> a < Math.min(0, reading.host().get().oomScoreAdjust()))
                .filter(a -> !reading.host().get().may(Host.CAP_SYS_RESOURCE))
                .ifPresent(a -> needsRoot(fields, "oomScoreAdjust",
                        Math.min(0, reading.host().get().oomScoreAdjust())));
        return adjust.map(OptionalInt::of).orElse(OptionalInt.empty());
    }

    private void needsRoot(Fields fields, String key, int least) {
        fields.node(key)
                .filter(Scalar.class::isInstance)
                .map(Scalar.class::cast)
                .ifPresent(scalar -> fields.tell(key, scalar.shown() + " must be at least " + least
                        + " unless the supervisor runs as root, and " + reading.host().get().who()));
    }
}
