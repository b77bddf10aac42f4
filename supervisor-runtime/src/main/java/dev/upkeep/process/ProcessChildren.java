package dev.upkeep.process;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.ReadyBy;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.ResourceUse;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.supervise.Outcome;
import dev.upkeep.tree.ChildPort;
import dev.upkeep.tree.EventQueue;
import dev.upkeep.tree.Vitals;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The processes of one tree: turns what happens to each into the tree's events. */
public final class ProcessChildren implements ChildPort {
    private static final Logger log = LoggerFactory.getLogger(ProcessChildren.class);
    private static final long LAST_READ_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** An instance that was asked for and is not gone. */
    private record Live(ChildProcess process, Launch launch, Reports reports) {}

    private final Processes processes;
    private final EventQueue events;
    private final Ticker ticker;
    private final OutputPlaces output;
    private final Function<ChildSpec, Optional<Duration>> silenceOf;
    private final Map<InstanceId, Live> live = new ConcurrentHashMap<>();

    /**
     * Makes the port to these processes.
     *
     * @param silenceOf the longest that a child's checks let it be silent; called on the loop
     */
    public ProcessChildren(Processes processes, EventQueue events, Ticker ticker,
            OutputPlaces output, Function<ChildSpec, Optional<Duration>> silenceOf) {
        this.silenceOf = silenceOf;
        this.processes = processes;
        this.events = events;
        this.ticker = ticker;
        this.output = output;
    }

    @Override
    public void start(InstanceId instance, ChildSpec spec, Vitals vitals) {
        if (!(spec.work() instanceof ProcessSpec process)) {
            throw new IllegalArgumentException(instance + " is not a process");
        }
        boolean checked = !spec.health().isEmpty();
        if (checked) {
            vitals.keepLines();
        }
        boolean heard = checked || process.ready() instanceof ReadyBy.Notify;
        Optional<Duration> silence = silenceOf.apply(spec);
        Launch launch = new Launch(instance.path(), instance.generation(), process,
                output.lines().apply(instance), heard, silence, output.routes(instance.path(), process));
        Reports reports = new Reports(instance, vitals, silence.isPresent());
        ChildProcess child = processes.start(launch, reports);
        live.put(instance, new Live(child, launch, reports));
        if (reports.over) {
            // It was refused, or lived and died, before it could be noted.
            live.remove(instance);
        }
    }

    @Override
    public void stop(InstanceId instance, StopRule rule, boolean save) {
        Live asked = live.get(instance);
        if (asked == null) {
            return;
        }
        LoggerPipe fed = output.loggers().of(instance.path());
        if (fed != null) {
            fed.finish();
        }
        if (runsCommand(asked, rule)) {
            return;
        }
        if (fed == null) {
            asked.process.signal(rule.signal(), rule.killGroup());
        } else {
            afterLastRead(rule, () -> asked.process.signal(rule.signal(), rule.killGroup()));
        }
    }

    /** Returns whether a command does the work of the first signal now. */
    private boolean runsCommand(Live asked, StopRule rule) {
        OptionalLong pid = asked.process.mainPid();
        if (rule.command().isEmpty() || rule.isBrutal() || pid.isEmpty()) {
            return false;
        }
        StopCommand command = new StopCommand(asked.launch, pid.getAsLong(), rule, processes,
                why -> signalInstead(asked, rule, why));
        if (!asked.reports.stopBy(command)) {
            return false;
        }
        command.run();
        return true;
    }

    private void signalInstead(Live asked, StopRule rule, String why) {
        log.atWarn()
                .addKeyValue("child", asked.launch.path())
                .addKeyValue("why", why)
                .addKeyValue("signal", rule.signal())
                .log("a stop command failed, so the signal is sent");
        events.offer(new Event.Noted(asked.reports.instance, EventKind.STOPPING,
                why + "; " + rule.signal() + " is sent instead"));
        asked.process.signal(rule.signal(), rule.killGroup());
    }

    /** A logger whose writers are gone may read to the end of what they wrote, and end by itself. */
    private static void afterLastRead(StopRule rule, Runnable signal) {
        long nanos = Math.min(LAST_READ_NANOS, Durations.saturatedNanos(rule.timeout()) / 2);
        CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS, Runnable::run).execute(signal);
    }

    @Override
    public void forget(ChildPath path) {
        output.loggers().forget(path);
    }

    @Override
    public void kill(InstanceId instance) {
        Live asked = live.get(instance);
        if (asked != null) {
            asked.reports.endCommand();
            asked.process.kill();
        }
    }

    private final class Reports implements ProcessEvents {
        private final InstanceId instance;
        private final Vitals vitals;
        /** Whether a check judges its beats. */
        private final boolean beats;
        private volatile boolean over;
        private Optional<ResourceUse> used = Optional.empty();
        private boolean membersLeft;
        // Guarded by this.
        private @Nullable StopCommand command;
        private boolean pastCommands;

        Reports(InstanceId instance, Vitals vitals, boolean beats) {
            this.instance = instance;
            this.vitals = vitals;
            this.beats = beats;
        }

        /** Returns whether the command may do it: there is a process to tell it of. It ends with that at the latest. */
        synchronized boolean stopBy(StopCommand stopping) {
            if (pastCommands || command != null) {
                return false;
            }
            command = stopping;
            return true;
        }

        synchronized void endCommand() {
            pastCommands = true;
            if (command != null) {
                command.end();
            }
        }

        /** The command spoke to the leader: those it left behind were not asked yet. */
        private void askMembers() {
            StopCommand asked;
            synchronized (this) {
                pastCommands = true;
                asked = command;
            }
            Live members = live.get(instance);
            if (asked != null && members != null) {
                members.process.signal(asked.rule().signal(), true);
            }
        }

        @Override
        public void started(long pid) {
            events.offer(new Event.Started(instance, OptionalLong.of(pid)));
        }

        @Override
        public void refused(StartRefusal why) {
            end();
            events.offer(new Event.StartRefused(instance,
                    Cause.startFailed(why.inWords()), why.hostShortage()));
        }

        @Override
        public void used(ResourceUse use) {
            used = Optional.of(use);
        }

        @Override
        public void leaderEnded(ExitStatus status, List<String> lastWords, boolean left) {
            membersLeft = left;
            if (left) {
                askMembers();
            } else {
                end();
            }
            Event.Ended ended = new Event.Ended(instance, new Outcome.Exited(status, used), lastWords, left);
            // Where members are left nothing is started yet, and the end of those must not be told before.
            if (left || !processes.lend(() -> events.offerAndCarryOut(ended))) {
                events.offer(ended);
            }
        }

        @Override
        public void gone() {
            end();
            if (membersLeft) {
                events.offer(new Event.Gone(instance));
            }
        }

        private void end() {
            over = true;
            endCommand();
            live.remove(instance);
            vitals.endLines();
        }

        @Override
        public boolean hearsLines() {
            return vitals.hearsLines();
        }

        @Override
        public void line(byte[] buffer, int offset, int length) {
            vitals.line(buffer, offset, length);
        }

        @Override
        public void beat() {
            vitals.beat(ticker.nanos());
        }

        @Override
        public void beatFailed() {
            if (beats) {
                events.offer(
                        new Event.FoundUnhealthy(instance, "watchdog", "it said WATCHDOG=trigger itself"));
            }
        }

        @Override
        public void ready(boolean value) {
            vitals.sayReady(value);
        }

        @Override
        public void extended(Duration time) {
            events.offer(new Event.Extended(instance, time));
        }

        @Override
        public void said(String text) {
            events.offer(new Event.Said(instance, text));
        }

        @Override
        public void outputDropped(String text) {
            events.offer(new Event.Noted(instance, EventKind.OUTPUT_DROPPED, text));
        }

        @Override
        public void strayed(String text) {
            events.offer(new Event.Noted(instance, EventKind.STRAYED, text));
        }

        @Override
        public void message(ChildMessage message) {
            switch (message) {
                case ChildMessage.Beat() -> vitals.beat(ticker.nanos());
                case ChildMessage.Outcomes(long ok, long failed) -> vitals.record(ok, failed);
            }
        }
    }
}
