package dev.upkeep.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The verbs to a running supervisor. {@code bin/upkeep} sends the others, as {@code run}, to the daemon's entry point. */
@Command(name = "upkeep", description = "Keeps processes and components running.", footerHeading = "%nVerbs that need no running supervisor:%n", footer = {
        "  run [FILE]    Run the tree of FILE, by default ./upkeep.yaml.",
        "  check [FILE]  Say everything that is wrong with a file.",
        "  plugins       List what is installed.",
        "",
        "Exit status: 0 ok, 1 failed, 2 usage,", "3 a named child is not running, 4 no supervisor answers."})
public final class Main implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    private Main() {}

    public static void main(String[] args) {
        int status = run(args);
        System.out.flush();
        System.exit(status);
    }

    /** Runs one command line in this process's surroundings and returns its exit status. */
    public static int run(String... args) {
        return run(Terminal.ofThisProcess(), args);
    }

    static int run(Terminal terminal, String... args) {
        CommandLine upkeep = new CommandLine(new Main()).addSubcommand(new StatusCommand(terminal));
        for (VerbCommand.Verb verb : VerbCommand.Verb.values()) {
            CommandLine command = new CommandLine(new VerbCommand(terminal, verb));
            command.getCommandSpec().name(verb.word()).usageMessage().description(verb.description());
            upkeep.addSubcommand(verb.word(), command);
        }
        upkeep.addSubcommand(new WhyCommand(terminal))
                .addSubcommand(new EventsCommand(terminal))
                .addSubcommand(new ShutdownCommand(terminal))
                .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colour() ? Ansi.ON : Ansi.OFF))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> failed(terminal, failure));
        return upkeep.execute(args);
    }

    private static int failed(Terminal terminal, Exception failure) throws Exception {
        if (failure instanceof CommandFailure refused) {
            terminal.err().println("upkeep: " + Terminal.harmless(String.valueOf(refused.getMessage())));
            return refused.status();
        }
        throw failure;
    }

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "which verb?");
        }
    }
}
