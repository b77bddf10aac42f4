package dev.upkeep.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the tree, or the named children of it. */
@Command(name = "status", description = "Show the tree, or the named children; 3 if one of them is not running.")
final class StatusCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final Target target = new Target();

    @Option(names = {"-o", "--output"}, paramLabel = "FORM", description = "text or json.")
    private Form form = Form.TEXT;

    @Parameters(paramLabel = "NAME", description = "Paths or globs.")
    private List<String> names = new ArrayList<>();

    StatusCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        List<Child> all = new Client(target.socket(terminal)).children();
        List<String> unknown = new ArrayList<>();
        List<Child> chosen = names.isEmpty() ? all : new Names(all).matchingAny(names, unknown);
        Instant now = terminal.clock().instant();
        if (form == Form.JSON) {
            terminal.out().println(Json.write(chosen.stream().map(Child::json).toList()));
        } else if (!chosen.isEmpty()) {
            terminal.out().print(new StatusTable(terminal.colour()).of(chosen, now));
        }
        unknown.forEach(
                name -> terminal.err().println("upkeep: " + Terminal.harmless(new Names(all).unknown(name))));
        boolean allRun = unknown.isEmpty() && chosen.stream().allMatch(Child::isRunning);
        return names.isEmpty() || allRun ? Exit.OK : Exit.NOT_RUNNING;
    }
}
