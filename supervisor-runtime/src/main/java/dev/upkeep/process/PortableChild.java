package dev.upkeep.process;

import dev.upkeep.api.OutputRule;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.ReadyBy;
import dev.upkeep.api.RunAs;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.Signal;
import dev.upkeep.supervise.Outcome;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process of {@link ProcessBuilder}. Everything that may block is done on virtual threads. */
final class PortableChild implements ChildProcess {
    private static final Logger log = LoggerFactory.getLogger(PortableChild.class);
    private static final Pattern ERROR = Pattern.compile("error[=:] ?(\\d+)");
    private static final int BUFFER_SIZE = 8 * 1024;
    private static final long LONGEST_DRAIN_MILLIS = 50;
    /** {@code Process.exitValue} adds the signal's number to this. */
    private static final int SIGNALLED = 128;

    private final Launch launch;
    private final ChildEvents events;
    private final Map<String, byte[]> inherited;
    private final Object outputLock;
    private final BooleanSupplier closed;
    private final LastWords lastWords = new LastWords();
    private final CountDownLatch openStreams = new CountDownLatch(2);

    // Guarded by this.
    private @Nullable Process process;
    private boolean gone;
    private final List<Runnable> askedEarly = new ArrayList<>();
    private final Set<ProcessHandle> signalledMembers = new LinkedHashSet<>();

    PortableChild(
            Launch launch,
            ChildEvents events,
            Map<String, byte[]> inherited,
            Object outputLock,
            BooleanSupplier closed) {
        this.launch = launch;
        this.events = events;
        this.inherited = inherited;
        this.outputLock = outputLock;
        this.closed = closed;
    }

    void spawn() {
        ProcessSpec spec = launch.spec();
        Program program = new Program(spec, Environment.of(spec, inherited).path());
        Optional<StartRefusal> unusable = closed.getAsBoolean()
                ? Optional.of(new StartRefusal("start", "ECANCELED", "the supervisor of processes was closed",
                        false))
                : cannot(spec).or(program::unusable);
        String file = unusable.isPresent() ? null : program.find();
        if (file == null) {
            refuse(unusable.orElseGet(program::notFound));
            return;
        }
        try {
            started(builder(spec, file).start());
        } catch (IOException e) {
            Matcher error = ERROR.matcher(String.valueOf(e.getMessage()));
            refuse(program.explain("execve", error.find() ? Integer.parseInt(error.group(1)) : Errno.ENOENT,
                    file));
        } catch (OutOfMemoryError e) {
            // ProcessBuilder throws it after the fork where it gets no thread, and leaves a process without a handle.
            log.atError()
                    .addKeyValue("child", launch.path())
                    .setCause(e)
                    .log("a process may have been left without a handle");
            refuse(new StartRefusal("start", "ENOMEM", "the host has no memory or thread for the process",
                    true));
        } catch (RuntimeException e) {
            refuse(new StartRefusal("start", "EINVAL", String.valueOf(e.getMessage()), false));
        }
    }

    /** Says what of the spec takes the kernel's own calls, each by the name it has in configuration. */
    static Optional<StartRefusal> cannot(ProcessSpec spec) {
        List<String> all = new ArrayList<>();
        RunAs runAs = spec.runAs();
        addIf(runAs.user().isPresent(), "user", all);
        addIf(runAs.group().isPresent(), "group", all);
        addIf(runAs.umask().isPresent(), "umask", all);
        addIf(runAs.nice().isPresent(), "nice", all);
        addIf(runAs.oomScoreAdjust().isPresent(), "oomScoreAdjust", all);
        addIf(!runAs.limits().isEmpty(), "limits", all);
        addIf(spec.cgroup(), "cgroup", all);
        addIf(!spec.ready().equals(ReadyBy.START), "ready", all);
        addIf(spec.output() instanceof OutputRule.File, "output into files", all);
        addIf(spec.output() instanceof OutputRule.Logger, "output to a logger", all);
        return all.isEmpty()
                ? Optional.empty()
                : Optional.of(new StartRefusal("start", "EOPNOTSUPP",
                        String.join(", ", all) + ": needs Linux and native access", false));
    }

    private static void addIf(boolean asked, String name, List<String> all) {
        if (asked) {
            all.add(name);
        }
    }

    private ProcessBuilder builder(ProcessSpec spec, String file) {
        List<String> command = new ArrayList<>(spec.command());
        command.set(0, file);
        ProcessBuilder builder = new ProcessBuilder(command);
        spec.workingDirectory().ifPresent(directory -> builder.directory(directory.toFile()));
        if (!spec.inheritEnvironment()) {
            builder.environment().clear();
        }
        builder.environment().keySet().removeAll(Environment.OURS);
        builder.environment().putAll(spec.environment());
        if (spec.output() instanceof OutputRule.Inherited) {
            builder.redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
        }
        File nothing = new File(File.separatorChar == '/' ? "/dev/null" : "NUL");
        return builder.redirectInput(nothing);
    }

    private void refuse(StartRefusal why) {
        synchronized (this) {
            gone = true;
        }
        events.refused(why);
    }

    private void started(Process started) {
        List<Runnable> asked;
        synchronized (this) {
            process = started;
            asked = List.copyOf(askedEarly);
            askedEarly.clear();
        }
        events.started(started.pid());
        asked.forEach(Runnable::run);
        read(started.getInputStream(), false);
        read(started.getErrorStream(), true);
        var _ = started.onExit()
                .thenAcceptAsync(this::ended,
                        task -> Thread.ofVirtual().name("exit-" + launch.path()).start(task));
    }

    private void read(InputStream from, boolean stderr) {
        ChildStream stream = new ChildStream(launch, events, lastWords, stderr);
        Thread.ofVirtual().name((stderr ? "stderr-" : "stdout-") + launch.path()).start(() -> {
            byte[] buffer = new byte[BUFFER_SIZE];
            try (from) {
                for (int n = from.read(buffer); n >= 0 && !closed.getAsBoolean(); n = from.read(buffer)) {
                    synchronized (outputLock) {
                        stream.feed(buffer, 0, n);
                    }
                }
            } catch (IOException e) {
                log.atDebug()
                        .addKeyValue("child", launch.path())
                        .setCause(e)
                        .log("the output of a child broke off");
            } finally {
                synchronized (outputLock) {
                    stream.end();
                }
                openStreams.countDown();
            }
        });
    }

    private void ended(Process ended) {
        try {
            // A descendant that holds the pipe does not hide the exit (P7).
            boolean _ = openStreams.await(LONGEST_DRAIN_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (closed.getAsBoolean()) {
            return;
        }
        List<CompletableFuture<ProcessHandle>> left;
        synchronized (this) {
            left = signalledMembers.stream()
                    .filter(ProcessHandle::isAlive)
                    .map(ProcessHandle::onExit)
                    .toList();
        }
        int value = ended.exitValue();
        ExitStatus status = value > SIGNALLED && value < SIGNALLED + Signal.values().length + 1
                ? ExitStatus.ofSignal(value - SIGNALLED, false)
                : ExitStatus.ofCode(value);
        events.leaderEnded(new Outcome.Exited(status), lastWords, !left.isEmpty());
        var _ = CompletableFuture.allOf(left.toArray(CompletableFuture[]::new)).thenRun(() -> {
            synchronized (this) {
                gone = true;
            }
            events.gone();
        });
    }

    @Override
    public synchronized OptionalLong pid() {
        return process == null || gone ? OptionalLong.empty() : OptionalLong.of(process.pid());
    }

    @Override
    public void signal(Signal signal, boolean group) {
        synchronized (this) {
            if (gone) {
                return;
            }
            if (process == null) {
                if (askedEarly.size() < Signal.values().length) {
                    askedEarly.add(() -> signal(signal, group));
                }
                return;
            }
        }
        Thread.ofVirtual().name("signal-" + launch.path()).start(() -> send(signal, group));
    }

    @Override
    public void kill() {
        signal(Signal.SIGKILL, true);
    }

    private void send(Signal signal, boolean group) {
        List<ProcessHandle> targets = new ArrayList<>();
        synchronized (this) {
            if (process == null || gone) {
                return;
            }
            if (group || !process.isAlive()) {
                process.descendants().forEach(signalledMembers::add);
                targets.addAll(signalledMembers);
            }
            targets.add(0, process.toHandle());
        }
        targets.removeIf(target -> !target.isAlive());
        switch (signal) {
            case SIGKILL -> targets.forEach(ProcessHandle::destroyForcibly);
            case SIGTERM -> targets.forEach(ProcessHandle::destroy);
            default -> byTool(signal, targets);
        }
        if (signal != Signal.SIGKILL && signal != Signal.SIGCONT) {
            byTool(Signal.SIGCONT, targets);
        }
    }

    private void byTool(Signal signal, List<ProcessHandle> targets) {
        if (targets.isEmpty()) {
            return;
        }
        List<String> command = new ArrayList<>(List.of("kill", "-s", signal.name().substring(3), "--"));
        targets.forEach(target -> command.add(Long.toString(target.pid())));
        try {
            Process tool = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            tool.getOutputStream().close();
        } catch (IOException e) {
            log.atWarn()
                    .addKeyValue("child", launch.path())
                    .addKeyValue("signal", signal)
                    .addKeyValue("why", e.getMessage())
                    .log("this host has no kill tool to send the signal with");
        }
    }
}
