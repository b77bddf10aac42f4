package dev.upkeep.process;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.RunAs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a start before its fork.
 *
 * @param program of the child, to explain what follows
 * @param file the program found
 * @param account as whom it runs, if not as the supervisor
 */
record StartPlan(ProcessSpec spec, Program program, String file, Environment environment,
        @Nullable Account account, ExecChain chain) {
    /** @param notify where it shall speak sd_notify, if it shall */
    static StartPlan of(
            ProcessSpec spec,
            Map<String, byte[]> inherited,
            @Nullable NotifyDoor notify,
            Tools tools)
            throws Refused {
        // Most run as the supervisor does, and nothing is looked up for them.
        return spec.runAs().equals(RunAs.theSupervisor())
                ? of(spec, Environment.of(spec, inherited, notify), null, ExecChain.none())
                : otherwise(spec, inherited, notify, tools);
    }

    private static StartPlan otherwise(
            ProcessSpec spec,
            Map<String, byte[]> inherited,
            @Nullable NotifyDoor notify,
            Tools tools) throws Refused {
        Rights rights = Rights.ofThisThread();
        Account account = Account.of(spec.runAs(), rights).orElse(null);
        Environment environment = Environment.of(spec, inherited, notify,
                account == null ? null : account.login().orElse(null));
        ExecChain chain = ExecChain.of(spec.runAs(), account, rights, tools);
        if (account != null && account.uid() != rights.uid()) {
            Map<String, String> bent = Bending.among(spec.environment());
            if (!bent.isEmpty()) {
                chain = chain.before(Bending.link(bent, tools));
                environment = environment.without(bent.keySet());
            }
        }
        return of(spec, environment, account, chain);
    }

    private static StartPlan of(
            ProcessSpec spec,
            Environment environment,
            @Nullable Account account,
            ExecChain chain) throws Refused {
        boolean direct = chain.isEmpty() && !spec.cgroup();
        Program program = direct
                ? new Program(spec, environment.path())
                : new Program(spec, environment.path(), Access.of(account));
        require(program.unusable());
        String file = program.find();
        if (file == null) {
            throw new Refused(program.notFound());
        }
        if (!direct) {
            require(program.foreseen(file));
        }
        return new StartPlan(spec, program, file, environment, account, chain);
    }

    private static void require(Optional<StartRefusal> nothing) throws Refused {
        if (nothing.isPresent()) {
            throw new Refused(nothing.get());
        }
    }

    /** Returns the same plan with one more link before the others of its chain. */
    StartPlan behind(List<String> first) {
        return new StartPlan(spec, program, file, environment, account, chain.behind(first));
    }

    /** Returns the file to hand to the kernel. */
    String executed() {
        return chain.first(file);
    }

    /** Returns the arguments to hand to the kernel. */
    List<String> arguments() {
        return chain.arguments(file, spec.command());
    }

    /** Says what an error of the kernel's means for this start. */
    StartRefusal explain(CallFailed failure) {
        return program.explain(failure.call(), failure.errno(),
                failure.errno() == Errno.E2BIG ? file : executed());
    }
}
