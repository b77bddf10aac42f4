package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.upkeep.api.ResourceLimit;
import dev.upkeep.api.RunAs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ExecChainTest {
    private static final Rights ROOT = new Rights(0, 0, -1);
    private static final Rights NOBODY = new Rights(1000, 1000, 0);
    private static final Account.Login WEB = new Account.Login("web", 33, 34, "/srv/web");

    @TempDir
    Path directory;

    private Tools tools;

    @BeforeEach
    void makeTools() throws IOException {
        for (String tool : List.of("sh", "nice", "prlimit", "setpriv")) {
            boolean _ = Files.createFile(directory.resolve(tool)).toFile().setExecutable(true);
        }
        tools = new Tools(List.of(directory));
    }

    private String tool(String name) {
        return directory.resolve(name).toString();
    }

    private ExecChain chain(RunAs runAs, @Nullable Account account, Rights rights) throws Refused {
        return ExecChain.of(runAs, account, rights, tools);
    }

    private StartRefusal refusal(RunAs runAs, @Nullable Account account, Rights rights) {
        return catchThrowableOfType(Refused.class, () -> chain(runAs, account, rights)).why();
    }

    @Test
    @DisplayName("P2 a process that runs as the supervisor does has no chain, and its command is unchanged")
    void none() throws Refused {
        ExecChain chain = chain(RunAs.theSupervisor(), null, NOBODY);

        assertThat(chain.isEmpty()).isTrue();
        assertThat(chain.first("/bin/x")).isEqualTo("/bin/x");
        assertThat(chain.arguments("/bin/x", List.of("x", "y"))).containsExactly("x", "y");
    }

    @Test
    @DisplayName("P2 the tools come in an order that works: the one that gives up root is the last")
    void order() throws Refused {
        int own = Rights.ownNice();
        RunAs all = new RunAs(Optional.of("web"), Optional.empty(), OptionalInt.of(027),
                OptionalInt.of(own == 19 ? 18 : own + 1), OptionalInt.of(-5),
                Map.of(ResourceLimit.OPEN_FILES, new ResourceLimit.Bound(10, 20), ResourceLimit.CORE,
                        new ResourceLimit.Bound(0, ResourceLimit.UNLIMITED)));
        Account web = new Account(33, 34, Set.of(34L), true, Optional.of(WEB));

        ExecChain chain = chain(all, web, ROOT);

        assertThat(chain.first("/bin/x")).isEqualTo(tool("sh"));
        assertThat(chain.arguments("/bin/x", List.of("x", "a b", "$c"))).containsExactly(
                tool("sh"), "-c",
                "umask 27; echo -5 >/proc/self/oom_score_adj || { echo 'oomScoreAdjust -5 is not permitted' >&2; exit 126; }; exec \"$@\"",
                "upkeep",
                tool("nice"), "-n", own == 19 ? "-1" : "1", "--",
                tool("prlimit"), "--nofile=10:20", "--core=0:unlimited", "--",
                tool("setpriv"), "--reuid", "33", "--regid", "34", "--init-groups", "--",
                "/bin/x", "a b", "$c");
    }

    @Test
    @DisplayName("P2 a nice that the supervisor has itself takes no tool")
    void sameNice() throws Refused {
        assertThat(chain(RunningAs.nice(Rights.ownNice()), null, NOBODY).isEmpty()).isTrue();
    }

    @Test
    @DisplayName("P2 the user a supervisor already runs as takes no right and no tool")
    void sameUser() throws Refused {
        Account self = new Account(1000, 1000, Set.of(1000L), true, Optional.empty());

        assertThat(chain(RunningAs.user("me"), self, NOBODY).isEmpty()).isTrue();
    }

    /** The kernel takes capabilities away from who was root alone. */
    @Test
    @DisplayName("P2 another user does not keep the capabilities by which a supervisor without root made it one")
    void capabilitiesEnd() throws Refused {
        Account web = new Account(33, 34, Set.of(34L), true, Optional.empty());
        Rights capable = new Rights(1000, 1000, 1L << Rights.CAP_SETUID | 1L << Rights.CAP_SETGID);

        assertThat(chain(RunningAs.user("web"), web, capable).arguments("/bin/x", List.of("x")))
                .containsExactly(tool("setpriv"), "--inh-caps=-all", "--reuid", "33", "--regid", "34",
                        "--clear-groups", "--", "/bin/x");
    }

    @Test
    @DisplayName("P3 what only root may is refused to others naming the call that would fail")
    void onlyRootMay() {
        Account web = new Account(33, 34, Set.of(34L), true, Optional.of(WEB));
        Account group = new Account(1000, 34, Set.of(34L), false, Optional.empty());
        long hard = Rights.limit(7)[1];

        assertThat(refusal(RunningAs.user("web"), web, NOBODY)).isEqualTo(new StartRefusal("setresuid",
                "EPERM",
                "user 'web' needs a supervisor that runs as root, and this one runs as uid 1000", false));
        assertThat(refusal(RunningAs.group("web"), group, NOBODY)).isEqualTo(new StartRefusal("setresgid",
                "EPERM", "group 'web' needs a supervisor that runs as root, and this one runs as uid 1000",
                false));
        assertThat(refusal(RunningAs.oomScoreAdjust(-1000), null, NOBODY).call()).isEqualTo("write");
        if (hard < Long.MAX_VALUE) {
            assertThat(refusal(
                    RunningAs.limit(ResourceLimit.OPEN_FILES, ResourceLimit.Bound.of(hard + 1)), null,
                    NOBODY))
                    .extracting(StartRefusal::call, StartRefusal::errno)
                    .containsExactly("prlimit", "EPERM");
        }
    }

    @Test
    @DisplayName("P3 a tool that this host has not is refused by its name")
    void missingTool() throws IOException {
        Files.delete(directory.resolve("prlimit"));

        StartRefusal why = refusal(RunningAs.limit(ResourceLimit.CORE, ResourceLimit.Bound.of(0)), null,
                NOBODY);

        assertThat(why).isEqualTo(new StartRefusal("execve", "ENOENT",
                "this host has no 'prlimit', which limits needs; looked for in [" + directory + "]", false));
    }
}
