package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.ProcessSpec;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgramTest {
    private final Program sh = new Program(ProcessSpec.of("sh"), "/bin:/usr/bin");

    @ParameterizedTest
    @ValueSource(ints = {11, 12, 23, 24})
    @DisplayName("P3 EAGAIN, ENOMEM, EMFILE and ENFILE are the host's shortage")
    void shortages(int errno) {
        StartRefusal why = sh.explain("pipe2", errno, "/bin/sh");

        assertThat(why.hostShortage()).isTrue();
        assertThat(why.call()).isEqualTo("pipe2");
        assertThat(List.of("EAGAIN", "ENOMEM", "EMFILE", "ENFILE")).contains(why.errno());
    }

    @Test
    @DisplayName("P3 an error nobody thought of is still reported, with its number")
    void unknownError() {
        assertThat(sh.explain("posix_spawn", 133, "/bin/sh"))
                .isEqualTo(new StartRefusal("execve", "errno 133", "'/bin/sh' could not be started", false));
    }

    @Test
    void findsTheFirstInPath() {
        assertThat(sh.find()).isEqualTo("/bin/sh");
        assertThat(new Program(ProcessSpec.of("./sh"), "/bin").find()).isEqualTo("./sh");
        assertThat(new Program(ProcessSpec.of("sh"), "").find()).isNull();
    }
}
