package dev.upkeep.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints why a child is as it is, in the supervisor's words. */
@Command(name = "why", description = "Say why a child is as it is, what comes next, and what to do.")
final class WhyCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final Target target = new Target();

    @Option(names = {"-o", "--output"}, paramLabel = "FORM", description = "text or json.")
    private Form form = Form.TEXT;

    @Parameters(paramLabel = "NAME", description = "A path or a glob.")
    private String name = "";

    WhyCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Client client = new Client(target.socket(terminal));
        Names names = new Names(client.children());
        List<Child> chosen = names.matching(name);
        if (chosen.isEmpty()) {
            throw new CommandFailure(Exit.FAILED, names.unknown(name));
        }
        List<Client.Reply> replies = chosen.stream()
                .map(child -> client.get(Address.why(child.path())))
                .toList();
        for (Client.Reply reply : replies) {
            if (!reply.isOk()) {
                throw new CommandFailure(Exit.FAILED, reply.sentence());
            }
        }
        if (form == Form.TEXT) {
            replies.forEach(reply -> terminal.out().print(Terminal.harmless(reply.sentence())));
        } else {
            terminal.out()
                    .println(replies.size() == 1
                            ? replies.getFirst().text().strip()
                            : Json.write(replies.stream().map(Client.Reply::json).toList()));
        }
        return Exit.OK;
    }
}
