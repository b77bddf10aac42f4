package dev.upkeep.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints the newest events of the tree, oldest first. */
@Command(name = "events", description = "Show what happened lately.")
final class EventsCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS",
            Locale.ROOT);

    private final Terminal terminal;

    @Mixin
    private final Target target = new Target();

    @Option(names = {"-o", "--output"}, paramLabel = "FORM", description = "text or json.")
    private Form form = Form.TEXT;

    @Option(names = {"-n",
            "--lines"}, paramLabel = "N", defaultValue = "100", description = "How many, at most 1000; default ${DEFAULT-VALUE}.")
    private int lines = 100;

    EventsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (lines < 0) {
            throw new CommandFailure(Exit.USAGE, "-n must be at least 0, but is " + lines);
        }
        Client.Reply reply = new Client(target.socket(terminal)).get("/v1/events?limit=" + lines);
        if (!reply.isOk()) {
            throw new CommandFailure(Exit.FAILED, reply.sentence());
        }
        if (form == Form.JSON) {
            terminal.out().println(reply.text().strip());
        } else {
            Json.list(Json.field(reply.json(), "events"))
                    .forEach(event -> terminal.out().println(line(event)));
        }
        return Exit.OK;
    }

    private String line(@Nullable Object event) {
        String text = Json.text(event, "text");
        return Terminal.harmless(time(Json.text(event, "at")) + "  " + Json.text(event, "path") + "  "
                + (text.isEmpty() ? Json.text(event, "kind") : text)).replace('\n', ' ');
    }

    private String time(String at) {
        try {
            return TIME.format(Instant.parse(at).atZone(terminal.zone()));
        } catch (DateTimeException e) {
            return at;
        }
    }
}
