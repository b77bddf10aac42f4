package dev.upkeep.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StackAllowanceTest {
    private final AtomicLong now = new AtomicLong(-1);
    private final StackAllowance allowance = new StackAllowance(now::get);

    private int taken(int times) {
        int taken = 0;
        for (int i = 0; i < times; i++) {
            taken += allowance.take() ? 1 : 0;
        }
        return taken;
    }

    @Test
    void e3_aStormTellsAHundredStacksASecondAndTheNextSecondAsManyAgain() {
        assertThat(taken(1_000)).isEqualTo(StackAllowance.PER_SECOND);
        now.set(0);
        assertThat(taken(60)).isEqualTo(60);
        now.set(999_999_999);
        assertThat(taken(1_000)).isEqualTo(40);
        now.set(1_000_000_000);
        assertThat(taken(1)).isEqualTo(1);
    }
}
