package dev.upkeep.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildKind;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.child.HealthStatus;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class ChildSeekerTest {
    private static final int MANY = 100_000;

    /** Counts what is looked at. */
    private static final class Seen extends AbstractList<ChildStatus> {
        private final List<ChildStatus> all;
        int looks;

        Seen(List<ChildStatus> all) {
            this.all = all;
        }

        @Override
        public ChildStatus get(int index) {
            looks++;
            return all.get(index);
        }

        @Override
        public int size() {
            return all.size();
        }
    }

    private static ChildStatus status(String path, List<ChildStatus> below) {
        return new ChildStatus(new ChildPath(path), ChildKind.COMPONENT, DesiredState.RUNNING,
                ActualState.RUNNING, "", true, HealthStatus.HEALTHY, false, "", OptionalLong.empty(), 1, 0,
                Optional.empty(), Optional.empty(), Optional.empty(), 0, below);
    }

    private static List<ChildStatus> workers(int from, int to) {
        List<ChildStatus> all = new ArrayList<>();
        for (int i = from; i < to; i++) {
            all.add(status("shop/web/worker-" + i, List.of()));
        }
        return all;
    }

    private static ChildStatus shop(List<ChildStatus> workers) {
        return status("shop", List.of(status("shop/db", List.of()), status("shop/web", workers)));
    }

    @Test
    void oneAmongVeryManyIsSearchedForOnce() {
        ChildSeeker seeker = new ChildSeeker(new ChildPath("shop/web/worker-77000"));
        List<ChildStatus> all = workers(0, MANY);
        Seen first = new Seen(all);
        Seen second = new Seen(all);
        Seen shorter = new Seen(all.subList(5, MANY));

        assertThat(seeker.find(shop(first))).isSameAs(all.get(77_000));
        assertThat(seeker.find(shop(second))).isSameAs(all.get(77_000));
        assertThat(seeker.find(shop(shorter))).isSameAs(all.get(77_000));

        assertThat(first.looks).isGreaterThan(77_000);
        assertThat(second.looks).isLessThan(5);
        assertThat(shorter.looks).isLessThan(20);
    }

    @Test
    void oneIsFoundWhereverItGoes() {
        ChildSeeker seeker = new ChildSeeker(new ChildPath("shop/web/worker-50"));

        assertThat(seeker.find(shop(workers(0, 100)))).isNotNull();
        assertThat(seeker.find(shop(workers(50, 60)))).isNotNull();
        assertThat(seeker.find(shop(workers(60, 100)))).isNull();
        assertThat(seeker.find(shop(List.of()))).isNull();
        assertThat(seeker.find(shop(workers(10, 90)))).isNotNull();
    }

    @Test
    void theRootIsFoundAndAStrangerIsNot() {
        ChildStatus shop = shop(workers(0, 1));

        assertThat(new ChildSeeker(new ChildPath("shop")).find(shop)).isSameAs(shop);
        assertThat(new ChildSeeker(new ChildPath("other")).find(shop)).isNull();
        assertThat(new ChildSeeker(new ChildPath("shop/db/x")).find(shop)).isNull();
    }
}
