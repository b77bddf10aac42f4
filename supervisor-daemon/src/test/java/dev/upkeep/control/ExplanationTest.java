package dev.upkeep.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ExplanationTest {
    private static String why(String path, TreeEvent... events) {
        return new Explanation(new Moments(() -> Shop.NOW, ZoneOffset.UTC))
                .of(Shop.tree().find(new ChildPath(path)).orElseThrow(), Optional.empty(), List.of(events));
    }

    private static TreeEvent event(EventKind kind, int secondsAgo, String text) {
        return new SeenEvent(100 - secondsAgo, kind, new ChildPath("shop/etl/load"),
                Shop.NOW.minusSeconds(secondsAgo),
                text);
    }

    @Test
    void aSuspendedChildSaysSinceWhenWhyAndWhatToDo() {
        assertThat(why("shop/etl/load", event(EventKind.EXITED, 4, "ended: crashed(code 1)"),
                event(EventKind.HEALTH_CHANGED, 3, "health is unhealthy: tcp: connection refused"),
                event(EventKind.SUSPENDED, 2, "suspended: 5 restarts in 60s"))).isEqualTo("""
                        etl/load is SUSPENDED: it has failed too often, or in a way that forbids a restart; it should be running
                          since         02:59:58 (2s ago)
                          health        unhealthy: tcp: connection refused
                          ended         crashed(code 1), 02:59:56 (4s ago), after 2s up, generation 7
                          last words
                            | no such table: orders
                            |  [2Jgone shop is fine
                          restarts      5 by the rules
                          next          nothing by itself; mend it, then: upkeep reset etl/load
                        last events
                          02:59:56  ended: crashed(code 1)
                          02:59:57  health is unhealthy: tcp: connection refused
                          02:59:58  suspended: 5 restarts in 60s
                        """);
    }

    @Test
    void aChildInBackOffSaysWhenItComesBack() {
        assertThat(why("shop/mailer")).contains(
                "is down, in back-off before its next start; it should be running",
                "crashed(SIGKILL), 02:59:56 (4s ago)", "    | out of memory",
                "restart at 03:00:05 (in 5s); sooner by hand: upkeep start mailer");
    }

    @Test
    @DisplayName("P6 what a process had used is said with its end")
    void saysWhatItHadUsed() {
        assertThat(why("shop/mailer"))
                .contains(
                        "having used 1s500ms of processor time, 40ms in the kernel, and 12.3 MiB of memory at most");
        assertThat(why("shop/etl/load")).doesNotContain("having used");
    }

    @Test
    void aSupervisorNamesItsChildrenThatNeedALook() {
        assertThat(why("shop")).contains("shop is running and ready", "2 of 6 need a look:",
                "mailer is backoff; crashed(SIGKILL)", "etl/load is suspended, unhealthy; crashed(code 1)")
                .doesNotContain("web is");
    }
}
