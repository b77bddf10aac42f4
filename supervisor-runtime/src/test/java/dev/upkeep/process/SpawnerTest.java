package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.ReadyBy;
import dev.upkeep.api.child.ChildPath;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A start on a host that has no socket to hear with. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
final class SpawnerTest {
    @Test
    @DisplayName("P3 P9 one that says by sd_notify that it is ready is not started where nobody would hear it, by no fault of its own")
    void nobodyHears() throws Exception {
        OutputReader output = new OutputReader();
        Endings endings = new Endings(output);
        SpawnQueue queue = new SpawnQueue();
        Spawner spawner = new Spawner(queue, Libc.spawnAttributes(Arena.ofAuto()), Kernel.devNull(), Map.of(),
                output,
                new ExitWatcher(endings), () -> {
                    throw new IOException("no room", new CallFailed("socket", Errno.EMFILE));
                }, new ControlGroups());
        RecordedEvents events = new RecordedEvents();
        PosixChild child = new PosixChild(new Launch(new ChildPath("test/child"), 1,
                ProcessSpec.of("true").with(ReadyBy.NOTIFY), events, true, Optional.empty(), Routes.NONE),
                events,
                GroupAccess.ofThisKernel(), new Kin(Set::of), () -> {});
        boolean _ = queue.add(child);

        Thread.ofPlatform().daemon().start(spawner);

        events.awaitThat("an answer", each -> !each.order().isEmpty());
        assertThat(events.order()).containsExactly("refused");
        assertThat(events.refusal().hostShortage()).isTrue();
        assertThat(events.refusal().errno()).isEqualTo("EMFILE");
        queue.close();
        endings.close();
    }
}
