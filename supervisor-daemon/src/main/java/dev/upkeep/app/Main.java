package dev.upkeep.app;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The verbs that need no running supervisor. {@code bin/upkeep} sends the others to the command line module. */
@Command(name = "upkeep", description = "Keeps processes and components running.", mixinStandardHelpOptions = true, subcommands = {
        RunCommand.class, CheckCommand.class, PluginsCommand.class})
public final class Main implements Runnable {
    /** Exit status of a bad configuration or command line (O3). */
    static final int USAGE = 2;

    @Spec
    private @Nullable CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        // Guice looks at this once, when it is loaded; its generated classes are refused by Java 25.
        if (System.getProperty("guice_bytecode_gen_option") == null) {
            System.setProperty("guice_bytecode_gen_option", "DISABLED");
        }
        int status = new CommandLine(new Main()).execute(args);
        System.out.flush();
        System.exit(status);
    }

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "which verb?");
        }
    }
}
