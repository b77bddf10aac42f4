package dev.upkeep.inject;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.child.ChildPath;
import dev.upkeep.process.OutputSink;
import dev.upkeep.supervise.InstanceId;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@Timeout(30)
@ResourceLock(Resources.SYSTEM_OUT)
final class InheritedOutputTest {
    private static final byte[] LINE = "x".repeat(1000).getBytes(StandardCharsets.UTF_8);

    private final PrintStream before = System.out;
    private final InheritedOutput output = new InheritedOutput();
    private final OutputSink sink = output.of(new InstanceId(new ChildPath("shop/web"), 1));

    @AfterEach
    void restore() {
        System.setOut(before);
    }

    @Test
    void aLineHasTheNameOfItsChildBeforeItAndIsWrittenWhenTheTreeHasEnded() {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        System.setOut(new PrintStream(shown, false, StandardCharsets.UTF_8));

        sink.line(false, LINE, 0, 3);
        output.settle();

        assertThat(shown.toString(StandardCharsets.UTF_8)).isEqualTo("web | xxx\n");
    }

    @Test
    @DisplayName("P12 a program whose stdout nobody reads stops no child, and what was dropped is counted")
    void nobodyReads() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        System.setOut(new PrintStream(new OutputStream() {
            @Override
            public void write(int b) {
                write(new byte[]{(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                reached.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                shown.write(bytes, offset, length);
            }
        }, true, StandardCharsets.UTF_8));
        sink.line(false, LINE, 0, 1);
        reached.await();

        for (int i = 0; i < 5000; i++) {
            sink.line(false, LINE, 0, LINE.length);
        }
        release.countDown();
        output.settle();

        String text = shown.toString(StandardCharsets.UTF_8);
        long lost = text.lines()
                .filter(line -> line.endsWith("the reader of stdout did not read"))
                .mapToLong(line -> Long.parseLong(line.split(" ", -1)[1]))
                .sum();
        assertThat(lost).isPositive();
        assertThat(text.lines().filter(line -> line.startsWith("web | ")).count() + lost).isEqualTo(5001);
    }
}
