package dev.upkeep.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.upkeep.api.ResourceLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel and the files of accounts tell. */
class HostTest {
    private static final String LIMITS = """
            Limit                     Soft Limit           Hard Limit           Units
            Max cpu time              unlimited            unlimited            seconds
            Max file size             unlimited            1000                 bytes
            Max core file size        0                    unlimited            bytes
            Max open files            1024                 524288               files
            Max nice priority         0                    25
            """;

    @TempDir
    private Path directory;

    private void write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Host host(String userName) {
        return Host.of(directory, userName,
                Accounts.of(directory.resolve("passwd"), n -> n.startsWith("ldap")),
                Accounts.of(directory.resolve("group"), n -> false));
    }

    @Test
    void theKernelSaysAsWhomAndWithinWhichBoundsTheSupervisorRuns() throws IOException {
        write("self/status", """
                Name:\tjava
                Uid:\t1000\t1001\t1000\t1000
                Gid:\t100\t101\t100\t100
                CapBnd:\t000001ffffffffff
                CapAmb:\t0000000000800000
                """);
        write("self/limits", LIMITS);
        write("self/stat", "12 (a) b (c)) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 20 -7 1 0");
        write("self/oom_score_adj", "-250\n");
        write("sys/fs/nr_open", "1048576\n");

        Host host = host("alice");

        assertThat(host.user()).isEqualTo(1001);
        assertThat(host.group()).isEqualTo(101);
        assertThat(host.may(Host.CAP_SETUID)).as("not one of its own is handed on").isFalse();
        assertThat(host.may(Host.CAP_SYS_NICE)).as("an ambient one is").isTrue();
        assertThat(host.nicest()).as("what it has already needs no leave").isEqualTo(-7);
        assertThat(host.oomScoreAdjust()).isEqualTo(-250);
        assertThat(host.mostOpenFiles()).contains(1048576L);
        assertThat(host.hardLimits()).containsOnly(entry(ResourceLimit.CPU, ResourceLimit.UNLIMITED),
                entry(ResourceLimit.FILE_SIZE, 1000L), entry(ResourceLimit.CORE, ResourceLimit.UNLIMITED),
                entry(ResourceLimit.OPEN_FILES, 524288L));
    }

    @Test
    void aRootOfWhomSomethingWasTakenMayNotDoIt() throws IOException {
        write("self/status", "Uid:\t0\t0\t0\t0\nCapBnd:\t0000000000000040\nCapAmb:\t0000000000000000\n");

        assertThat(host("root").may(Host.CAP_SETGID)).isTrue();
        assertThat(host("root").may(Host.CAP_SETUID)).isFalse();
    }

    @Test
    void aLimitOnNiceSaysHowFarDownOneMayGoWithoutRoot() throws IOException {
        write("self/limits", LIMITS);
        write("self/stat", "12 (java) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 20 0 1 0");

        assertThat(host("alice").nicest()).isEqualTo(-5);
    }

    @Test
    void whereTheKernelTellsNothingNothingIsForbiddenButWhatNeedsRoot() throws IOException {
        write("passwd", "alice:x:1000:1000::/:\n");

        assertThat(host("root").user()).isZero();
        assertThat(host("root").may(Host.CAP_SETUID)).isTrue();
        assertThat(host("alice").may(Host.CAP_SETUID)).isFalse();
        assertThat(host("alice").user()).isEqualTo(1000);
        assertThat(host("bob").user()).isEqualTo(-1);
        assertThat(host("alice").hardLimits()).isEmpty();
        assertThat(host("alice").mostOpenFiles()).isEmpty();
    }

    @Test
    void accountsAreTheLinesOfAFileAndThoseThatAnotherServiceKnows() throws IOException {
        write("passwd", "root:x:0:0:root:/root:/bin/bash\n# no\n:x:1\n+::::::\na b:x:3:\nnumber:x:many:1\n"
                + "alice:x:1000:1000:\u00e9:/home/alice:/bin/sh\n\nalice:x:5:5:::\n");

        Accounts users = host("root").users();

        assertThat(users.names()).containsExactlyInAnyOrder("root", "alice");
        assertThat(users.numberOf("alice")).contains(1000L);
        assertThat(users.hasNumber(1000)).isTrue();
        assertThat(users.hasNumber(5)).isFalse();
        assertThat(users.isKnown("alice")).isTrue();
        assertThat(users.isKnown("ldap-bob")).isTrue();
        assertThat(users.isKnown("ldap:bob")).isFalse();
        assertThat(users.isKnown("bob")).isFalse();
        assertThat(host("root").groups().names()).as("there is no such file").isEmpty();
    }

    @Test
    void thisMachineIsRead() {
        assumeTrue(Files.exists(Path.of("/proc/self/limits")), "only Linux tells");

        Host here = Host.here();

        assertThat(here.user()).isGreaterThanOrEqualTo(0);
        assertThat(here.userName()).isEqualTo(System.getProperty("user.name"));
        assertThat(here.users().isKnown("root")).isTrue();
        assertThat(here.users().numberOf("root")).contains(0L);
        assertThat(here.groups().isKnown("no-such-group-anywhere")).isFalse();
        assertThat(here.users().isKnown("12345678")).as("no number is a name").isFalse();
        assertThat(here.hardLimits()).containsKeys(ResourceLimit.values());
        assertThat(here.mostOpenFiles()).isPresent();
    }
}
