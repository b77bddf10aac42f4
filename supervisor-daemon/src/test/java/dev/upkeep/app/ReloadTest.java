package dev.upkeep.app;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.upkeep.api.Supervisor;
import dev.upkeep.api.Surroundings;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.config.Configuration;
import dev.upkeep.config.ConfigurationReader;
import dev.upkeep.inject.TreeAssembly;
import dev.upkeep.plugin.Catalog;
import dev.upkeep.plugin.PluginScan;
import dev.upkeep.process.Processes;
import dev.upkeep.state.Holder;
import dev.upkeep.state.RememberingTree;
import dev.upkeep.state.RequestedStops;
import dev.upkeep.state.StateLock;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReloadTest {
    private static final String SHOP = """
            name: shop
            children:
              web: {command: [sleep, "1000"]}
              mail: {command: [sleep, "1000"]}
            """;

    @TempDir
    private Path temp;

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Secrets secrets = new Secrets();
    private Path file;
    private StateLock lock;
    private RequestedStops stops;
    private ConfigurationReader reader;
    private Supervisor tree;
    private Reload reload;

    @BeforeEach
    void start() throws Exception {
        file = Files.writeString(temp.resolve("upkeep.yaml"), SHOP);
        lock = StateLock.take(temp.resolve("state"), new Holder("shop", 1, Instant.EPOCH));
        stops = RequestedStops.in(lock);
        Catalog catalog = PluginScan.scan(ReloadTest.class.getClassLoader(), Optional.empty());
        reader = new ConfigurationReader(catalog, Map.of(), ReloadTest.class.getClassLoader(),
                (type, settings) -> {
                    throw new IllegalStateException("there are processes alone");
                });
        Configuration first = reader.read(file);
        secrets.add(first);
        TreeAssembly assembly = new TreeAssembly(catalog, Processes::forThisHost, Ticker.system(),
                InstantSource.system(), instance -> (stderr, buffer, offset, length) -> {});
        tree = new RememberingTree(assembly.launch(stops.applyTo(first.tree()), Surroundings.NONE).tree(),
                stops);
        assertThat(tree.awaitReady(Duration.ofSeconds(20))).isTrue();
        reload = new Reload(file, reader, tree, stops, secrets, told::add,
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() throws Exception {
        tree.close();
        lock.close();
    }

    private ChildStatus child(String id) {
        return tree.status(new ChildPath("shop/" + id)).orElseThrow();
    }

    private void reload(String text) throws Exception {
        Files.writeString(file, text);
        reload.ask();
    }

    private void awaitTold(String line) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(told).contains(line));
    }

    @Test
    void p18_eachChangeIsToldAndWhatIsTheSameStays() throws Exception {
        long web = child("web").pid().orElseThrow();

        reload("""
                name: shop
                children:
                  web: {command: [sleep, "1000"]}
                  mail: {command: [sleep, "2000"]}
                  new: {command: [sleep, "1000"]}
                """);

        awaitTold("the configuration was applied");
        assertThat(told).containsExactly("restarted mail [work.command]", "added new",
                "the configuration was applied");
        assertThat(child("web").pid()).hasValue(web);
        assertThat(child("mail").generation()).isEqualTo(2);
        assertThat(child("new").ready()).isTrue();
    }

    @Test
    void p18_problemsAreToldAsCheckTellsThemAndNothingChanges() throws Exception {
        reload("""
                name: shop
                children:
                  web: {command: [sleep, "1000"], restart: allways}
                  mail: {}
                """);

        assertThat(told).containsExactly("the configuration was not applied: " + file
                + " has 2 problems; nothing was changed");
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith(file + ": 2 problems\n  3:44 ")
                .contains("children.web.restart", "'allways'", "Did you mean");
        assertThat(tree.count(EventKind.SPEC_APPLIED)).isZero();
        assertThat(child("mail").generation()).isOne();
    }

    @Test
    void p18_aFileThatIsGoneChangesNothing() throws Exception {
        Files.delete(file);
        reload.ask();

        assertThat(told).singleElement().asString().contains("not applied", "a problem");
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("there is no such file");
        assertThat(child("web").ready()).isTrue();
    }

    @Test
    void p18_anotherNameIsRefusedInWords() throws Exception {
        reload(SHOP.replace("name: shop", "name: store"));

        assertThat(told).singleElement()
                .asString()
                .contains("not applied", "'shop'", "'store'", "nothing was changed");
    }

    @Test
    void p18_whatIsNoDifferenceIsSaidToBeNone() throws Exception {
        assertThat(tree.stop(new ChildPath("shop/web")).get(20, SECONDS).kind().isSuccess()).isTrue();

        reload(SHOP + "# touched\n");

        awaitTold("the configuration was applied: nothing is different");
        assertThat(child("web").pid()).as("a requested stop is respected").isEmpty();
        assertThat(tree.count(EventKind.SPEC_APPLIED)).isZero();
    }

    @Test
    void f2_p18_aSecretThatIsNewIsHiddenAndTheOldOneStaysSo() throws Exception {
        String secretive = SHOP.replace("[sleep, \"1000\"]}\n  mail",
                "[sleep, \"1000\"], environment: {KEY: \"${file:key}\"}}\n  mail");
        Files.writeString(temp.resolve("key"), "first-key");
        reload(secretive);
        awaitTold("restarted web [work.environment]");
        assertThat(secrets.apply("first-key second-key")).isEqualTo("*** second-key");

        Files.writeString(temp.resolve("key"), "second-key");
        told.clear();
        reload.ask();

        awaitTold("restarted web [work.environment]");
        assertThat(secrets.apply("first-key second-key")).isEqualTo("*** ***");
    }

    @Test
    void p18_requestsWhileOneIsUnderWayAreDoneOnceForAllAndSeeTheLastFile() throws Exception {
        AtomicInteger times = new AtomicInteger();
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Reload slow = new Reload(file, reader, tree, stops, secrets, line -> {
            told.add(line);
            if (line.startsWith("the configuration was not applied") && times.incrementAndGet() == 1) {
                reading.countDown();
                uninterruptibly(goOn);
            }
        }, new PrintStream(err, true, StandardCharsets.UTF_8));
        Files.writeString(file, "nonsense: [");
        Thread first = Thread.ofPlatform().start(slow::ask);
        reading.await();

        for (int i = 0; i < 100; i++) {
            slow.ask();
        }
        Files.writeString(file, SHOP);
        goOn.countDown();
        first.join();

        awaitTold("the configuration was applied: nothing is different");
        assertThat(told).as("one for the first, one for all others").hasSize(2);
    }

    @Test
    void p18_whatTheNextReadingTookBackWasAppliedAllTheSame() throws Exception {
        String slow = "  slow: {command: [sleep, '1000'], ready: {fd: 3}}\n";
        reload(SHOP + slow);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> tree.status(new ChildPath("shop/slow"))
                        .filter(c -> c.pid().isPresent())
                        .isPresent());

        reload(SHOP);

        awaitTold("the configuration was applied, but: 'slow' was taken out of the tree");
        awaitTold("the configuration was applied");
        assertThat(told).noneMatch(line -> line.contains("was not applied"));
    }

    @Test
    void p18_aReadingThatRunsOutOfMemoryIsNotTheLast() throws Exception {
        AtomicInteger times = new AtomicInteger();
        Reload poor = new Reload(file, reader, tree, stops, secrets, line -> {
            if (times.incrementAndGet() <= 2) {
                throw new OutOfMemoryError("Java heap space");
            }
            told.add(line);
        }, new PrintStream(err, true, StandardCharsets.UTF_8));
        Files.writeString(file, "nonsense: [");
        poor.ask();
        Files.writeString(file, SHOP);

        poor.ask();

        awaitTold("the configuration was applied: nothing is different");
    }

    private static void uninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void p18_whileTheTreeIsOnItsWayOutTheFileIsNotEvenRead() throws Exception {
        tree.shutdown().get(20, SECONDS);

        reload("nonsense: [");

        assertThat(told).containsExactly("the configuration is not read again: the tree is on its way out");
        assertThat(err.size()).isZero();
    }

    @Test
    void p18_aChildThatCannotStartIsToldAndTheRestIsApplied() throws Exception {
        reload(SHOP + "  ghost: {command: [no-such-program-anywhere]}\n");

        AtomicReference<String> last = new AtomicReference<>("");
        await().atMost(Duration.ofSeconds(20)).until(() -> told.stream().anyMatch(line -> {
            last.set(line);
            return line.startsWith("the configuration was applied, but: ");
        }));
        assertThat(told).contains("added ghost");
        assertThat(last.get()).contains("ghost");
    }
}
