package dev.upkeep.process;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.ReadyBy;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.child.ExitStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The program that is run beside a process to stop it (P5), with all that the process itself has. It lives no longer than
 * the process.
 */
final class StopCommand implements ProcessEvents {
    private static final int LONGEST_WORDS = 256;

    private final Launch launch;
    private final StopRule rule;
    private final Processes processes;
    private final Consumer<String> failed;

    // Guarded by this.
    private @Nullable ChildProcess running;
    private boolean over;

    /**
     * @param pid of the process to stop
     * @param failed told once, with a sentence for a person, if it did not do its work while the process lived
     */
    StopCommand(Launch process, long pid, StopRule rule, Processes processes, Consumer<String> failed) {
        this.launch = new Launch(process.path(), process.generation(), command(process.spec(), pid, rule),
                process.output(), false, Optional.empty(),
                new Routes(process.routes().file(), process.routes().into(), null));
        this.rule = rule;
        this.processes = processes;
        this.failed = failed;
    }

    private static ProcessSpec command(ProcessSpec spec, long pid, StopRule rule) {
        Map<String, String> environment = new LinkedHashMap<>(spec.environment());
        environment.put("MAINPID", Long.toString(pid));
        return new ProcessSpec(rule.command(), environment, spec.inheritEnvironment(),
                spec.workingDirectory(),
                List.of(0), List.of(), spec.runAs(), ReadyBy.START, spec.output(), false);
    }

    StopRule rule() {
        return rule;
    }

    /** Asks for it to be run, and returns at once. */
    synchronized void run() {
        if (!over) {
            running = processes.start(launch, this);
        }
    }

    /** The process is gone, or is killed: this has no more to do. */
    synchronized void end() {
        over = true;
        if (running != null) {
            running.kill();
        }
    }

    private void fail(String why) {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
        }
        failed.accept("its stop command " + why);
    }

    @Override
    public void started(long pid) {
        // What counts is how it ends.
    }

    @Override
    public void refused(StartRefusal why) {
        fail("could not be started, " + why.inWords());
    }

    @Override
    public void leaderEnded(ExitStatus status, List<String> lastWords, boolean membersLeft) {
        if (!status.equals(ExitStatus.ofCode(0))) {
            String words = lastWords.isEmpty() ? "" : ": " + lastWords.getLast();
            fail("ended with " + status + words.substring(0, Math.min(words.length(), LONGEST_WORDS)));
        }
    }

    @Override
    public void gone() {
        // Nothing of it is left that could be ended.
    }

    @Override
    public void beat() {
        // Only the process itself is heard.
    }

    @Override
    public void message(ChildMessage message) {
        // Only the process itself is heard.
    }
}
