package dev.upkeep.cli;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Stops the tree and its supervisor, and returns when the process is gone, so that the next one can begin. */
@Command(name = "shutdown", description = "Stop all children in reverse order, and the supervisor.")
final class ShutdownCommand implements Callable<Integer> {
    private static final Duration PROCESS_END = Duration.ofSeconds(10);

    private final Terminal terminal;

    @Mixin
    private final Target target = new Target();

    @Option(names = "--timeout", paramLabel = "DURATION", description = "How long to wait; default ${DEFAULT-VALUE}.", defaultValue = "2m")
    private String timeout = "2m";

    ShutdownCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        Duration atMost = VerbCommand.duration(timeout);
        Client client = new Client(target.socket(terminal));
        OptionalLong pid = Json.field(client.get("/v1/supervisor").json(), "pid") instanceof Long number
                ? OptionalLong.of(number)
                : OptionalLong.empty();
        Client.Reply reply;
        try {
            reply = client.post("/v1/shutdown", atMost);
        } catch (CommandFailure broken) {
            if (pid.isPresent() && hasEnded(pid.getAsLong())) { // before it could say so
                terminal.out().println("the supervisor has ended (pid " + pid.getAsLong() + ")");
                return Exit.OK;
            }
            throw broken;
        }
        String sentence = Terminal.harmless(reply.sentence());
        if (!reply.isOk()) {
            terminal.err().println("upkeep: " + sentence);
            return Exit.FAILED;
        }
        terminal.out().println(sentence);
        if (pid.isPresent()) {
            boolean unused = hasEnded(pid.getAsLong()); // the tree has stopped, which is what was asked
        }
        return Exit.OK;
    }

    /** Waits for the end of the process, for a while; where pids are another container's it is nobody's to see. */
    private static boolean hasEnded(long pid) throws InterruptedException {
        if (pid == ProcessHandle.current().pid()) {
            return false;
        }
        var process = ProcessHandle.of(pid);
        if (process.isEmpty()) {
            return true;
        }
        try {
            process.get().onExit().get(PROCESS_END.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }
}
