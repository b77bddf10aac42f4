package dev.upkeep.cli;

import dev.upkeep.api.settings.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks something of the named children, all at once, waits, and says of each what happened. */
@Command
final class VerbCommand implements Callable<Integer> {
    /** Fewer than the server lets wait, so that one command does not keep the next one out. */
    private static final int AT_ONCE = 16;

    private final Terminal terminal;
    private final Verb verb;

    @Mixin
    private final Target target = new Target();

    @Option(names = "--timeout", paramLabel = "DURATION", description = "How long to wait for each; default ${DEFAULT-VALUE}.", defaultValue = "2m")
    private String timeout = "2m";

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "Paths or globs.")
    private List<String> names = new ArrayList<>();

    VerbCommand(Terminal terminal, Verb verb) {
        this.terminal = terminal;
        this.verb = verb;
    }

    /** What can be asked. */
    enum Verb {
        START("Start children that do not run."), STOP("Stop children and keep them stopped."), RESTART(
                "Stop children if they run, and start them."), RESET(
                        "Forget failures; a suspended child starts.");

        private final String description;

        Verb(String description) {
            this.description = description;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        String description() {
            return description;
        }
    }

    @Override
    public Integer call() throws Exception {
        Duration atMost = duration(timeout);
        Client client = new Client(target.socket(terminal));
        List<Child> all = client.children();
        List<String> unknown = new ArrayList<>();
        List<Child> chosen = new Names(all).matchingAny(names, unknown);
        if (!unknown.isEmpty()) {
            unknown.forEach(name -> terminal.err()
                    .println("upkeep: " + Terminal.harmless(new Names(all).unknown(name))));
            return Exit.FAILED;
        }
        boolean well = true;
        try (ExecutorService clients = Executors.newFixedThreadPool(Math.min(AT_ONCE, chosen.size()))) {
            List<Future<Client.Reply>> replies = chosen.stream()
                    .map(child -> clients
                            .submit(() -> client.post(Address.verb(child.path(), verb.word()), atMost)))
                    .toList();
            for (int i = 0; i < replies.size(); i++) {
                well &= tell(chosen.get(i), await(replies.get(i)));
            }
        }
        return well ? Exit.OK : Exit.FAILED;
    }

    private static Client.Reply await(Future<Client.Reply> reply) throws Exception {
        try {
            return reply.get();
        } catch (java.util.concurrent.ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private boolean tell(Child child, Client.Reply reply) {
        String line = child.name() + ": " + reply.kind() + ": " + reply.sentence();
        (reply.isOk() ? terminal.out() : terminal.err()).println(Terminal.harmless(line));
        return reply.isOk();
    }

    static Duration duration(String text) {
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(Exit.USAGE, "--timeout: " + e.getMessage());
        }
    }
}
