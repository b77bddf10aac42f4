package dev.upkeep.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.upkeep.api.After;
import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.ComponentSpec;
import dev.upkeep.api.Intensity;
import dev.upkeep.api.OutputRule;
import dev.upkeep.api.PoolSpec;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.ReadyBy;
import dev.upkeep.api.RunAs;
import dev.upkeep.api.StartRate;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.SupervisorSpec.AutoShutdown;
import dev.upkeep.api.SupervisorSpec.OnGiveUp;
import dev.upkeep.api.SupervisorSpec.OnStartFailure;
import dev.upkeep.api.SupervisorSpec.StartOrder;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.WhenAbandoned;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.child.Signal;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.AllowForever;
import dev.upkeep.api.settings.ByteSize;
import dev.upkeep.api.settings.Choice;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Good files, and what they come to. */
class GoodFilesTest {
    static final String SHOP = """
            name: shop
            strategy: one-for-one
            intensity: {max: 7, within: 2m}
            onGiveUp: escalate
            onStartFailure: fail
            startOrder: sequential
            autoShutdown: any-significant
            shutdownTimeout: 90s
            maxConcurrentStarts: 3
            startRate: {perSecond: 12.5, burst: 4}
            maxChildren: 20
            breakers:
              database: {type: consecutive, failures: 3}
              plain: consecutive
            defaults:
              restart: transient
              backoff: {type: fixed, delay: 250ms}
              startTimeout: 12s
              stop: {timeout: 3s}
              health:
                - {type: tcp, port: 1}
            x-anchors:
              quick: &quick {timeout: 1s, signal: INT, killGroup: false}
              unset: ${NOBODY_SETS_THIS}
            children:
              postgres:
                command: [postgres, -D, /var/lib/postgres]
                restart: permanent
                stop: *quick
                startTimeout: 1m30s
                autostart: false
                essential: true
                critical: true
                environment: {PGPORT: 5432, EMPTY: ""}
                inheritEnvironment: false
                workingDirectory: data
                successExitCodes: [0, 3]
                doNotRestartExitCodes: [78]
                backoff: exponential
                breaker: database
                health:
                  - {type: tcp, port: 5432, name: port, role: readiness, interval: 2s, timeout: 1s, initialDelay: 3s,
                     failureThreshold: 4, successThreshold: 2, jitter: 0.2}
                  - {type: everything, degradedThreshold: 5}
              api:
                command: ./worker.sh --name "a b" 'c d' e\\ f ${path}
                replicas: 2
                after: [postgres]
                breaker: {type: consecutive, failures: 2, escalateAfter: 3}
                significant: true
              report:
                command: echo "$HOME" | wc
                shell: true
                after: {api: completed, postgres: started}
                stop: brutal
                breaker: {name: database, escalateAfter: 2}
                environmentFile: [{path: none.env, optional: true}]
                user: nobody
                umask: "027"
                nice: 5
                limits: {openFiles: {soft: 64, hard: 128}, core: unlimited, cpu: 10s}
                ready: {fd: 3}
                output: {file: {path: "logs/${name}.log", maxSize: 1MiB, keep: 2, whenFull: block}}
              etl:
                strategy: {type: rest-for-one}
                intensity: {max: 0}
                stop: infinite
                children:
                  extract: {component: dev.upkeep.config.TestTypes$Extract}
                  load:
                    component: dev.upkeep.config.TestTypes$Load
                    thread: platform
                    settings: {batch: 500}
                    stop: {timeout: infinite}
                    whenAbandoned: replace
            """;

    private final Reader reader = new Reader();
    private final TreeSpec shop = reader.tree(SHOP);

    private ChildSpec child(String id) {
        return Reader.child(shop.root(), id);
    }

    @Test
    void theTopSaysHowTheTreeLives() {
        assertThat(shop.name()).isEqualTo("shop");
        assertThat(shop.shutdownTimeout()).isEqualTo(Duration.ofSeconds(90));
        assertThat(shop.maxConcurrentStarts()).isEqualTo(3);
        assertThat(shop.startRate()).contains(new StartRate(12.5, 4));
        assertThat(shop.root().maxChildren()).hasValue(20);
        assertThat(shop.breakers()).containsExactly(
                Map.entry("database", Choice.of("consecutive", new TestTypes.Consecutive.Settings(3))),
                Map.entry("plain", Choice.of("consecutive", new TestTypes.Consecutive.Settings(5))));
        SupervisorSpec root = shop.root();
        assertThat(root.strategy().type()).isEqualTo("one-for-one");
        assertThat(root.intensity()).isEqualTo(new Intensity(7, Duration.ofMinutes(2)));
        assertThat(root.onGiveUp()).isEqualTo(OnGiveUp.ESCALATE);
        assertThat(root.onStartFailure()).isEqualTo(OnStartFailure.FAIL);
        assertThat(root.startOrder()).isEqualTo(StartOrder.SEQUENTIAL);
        assertThat(root.autoShutdown()).isEqualTo(AutoShutdown.ANY_SIGNIFICANT);
        assertThat(root.children()).extracting(ChildSpec::id)
                .containsExactly("postgres", "api-0", "api-1", "report", "etl");
    }

    @Test
    void aProcessHasAllItsKeys() {
        ChildSpec postgres = child("postgres");

        assertThat(postgres.work()).isEqualTo(new ProcessSpec(List.of("postgres", "-D", "/var/lib/postgres"),
                Map.of("PGPORT", "5432", "EMPTY", ""), false, Optional.of(Path.of("/srv/shop/data")),
                List.of(0, 3),
                List.of(78), RunAs.theSupervisor(), ReadyBy.START, OutputRule.PREFIXED, false));
        assertThat(postgres.stop())
                .isEqualTo(new StopRule(Duration.ofSeconds(1), List.of(), Signal.SIGINT, false));
        assertThat(postgres.restart()).isEqualTo(RestartType.PERMANENT);
        assertThat(postgres.startTimeout()).isEqualTo(Duration.ofSeconds(90));
        assertThat(postgres.backoff()).isEqualTo(Choice.of("exponential",
                new TestTypes.Exponential.Settings(Duration.ofSeconds(1), 2, Duration.ofSeconds(60))));
        assertThat(postgres.breaker()).contains(BreakerUse.shared("database"));
        assertThat(postgres.autostart()).isFalse();
        assertThat(postgres.essential()).isTrue();
        assertThat(postgres.critical()).isTrue();
        assertThat(postgres.health().get(0)).isEqualTo(new CheckSpec(
                Choice.of("tcp", new TestTypes.Tcp.Settings("127.0.0.1", 5432)), "port", Role.READINESS,
                Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofSeconds(3), 4, 2,
                OptionalInt.empty(), 0.2));
        assertThat(postgres.health().get(1).degradedThreshold()).hasValue(5);
        assertThat(postgres.health().get(1).role()).isEqualTo(Role.LIVENESS);
    }

    @Test
    void f7ReplicasAreSiblingsAndTheirNameIsAllOfThem() {
        ChildSpec api = child("api-1");

        assertThat(((ProcessSpec) api.work()).command()).containsExactly("/srv/shop/worker.sh", "--name",
                "a b", "c d",
                "e f", "shop/api-1");
        assertThat(api.after()).containsExactly(After.ready("postgres"));
        assertThat(api.significant()).isTrue();
        assertThat(api.breaker()).contains(new BreakerUse(Optional.empty(),
                Optional.of(Choice.of("consecutive", new TestTypes.Consecutive.Settings(2))),
                OptionalInt.of(3), BreakerUse.DEFAULT_STABLE_FOR));
        assertThat(child("report").after()).containsExactly(new After("api-0", After.Condition.COMPLETED),
                new After("api-1", After.Condition.COMPLETED),
                new After("postgres", After.Condition.STARTED));
    }

    @Test
    void a6_replicasAreAPoolThatIsScaledByTheSameRules() {
        TreeSpec tree = new Reader().tree("""
                children:
                  db: {command: [db], replicas: 2}
                  web:
                    command: [web, "${index}", "${path}"]
                    replicas: 1
                    after: ["db-${index}"]
                  group:
                    replicas: 0
                    children:
                      a: {command: [a], replicas: 9000}
                """);

        Map<String, PoolSpec> pools = tree.root().pools();
        assertThat(pools.keySet()).containsExactlyInAnyOrder("db", "web", "group");
        List<ChildSpec> web = Optional.ofNullable(pools.get("web")).orElseThrow().members(2);
        assertThat(web.get(0)).isSameAs(Reader.child(tree.root(), "web-0"));
        assertThat(web.get(0).pool()).contains("web");
        assertThat(((ProcessSpec) web.get(1).work()).command()).containsExactly("web", "1", "shop/web-1");
        assertThat(web.get(1).after()).containsExactly(After.ready("db-1"));
        PoolSpec group = Optional.ofNullable(pools.get("group")).orElseThrow();
        for (int times = 0; times < 3; times++) {
            assertThat(group.members(3)).extracting(ChildSpec::id)
                    .containsExactly("group-0", "group-1", "group-2");
        }
        assertThat(((SupervisorSpec) group.members(1).get(0).work()).pools()).containsOnlyKeys("a");
    }

    @Test
    void aMemberThatTheFileDoesNotAllowIsRefusedWhenThePoolIsScaled() {
        PoolSpec web = Optional.ofNullable(new Reader().tree("""
                children:
                  db: {command: [db]}
                  other: {command: [db], replicas: 1}
                  web: {command: [web], replicas: 1, after: ["other-${index}"]}
                """).root().pools().get("web")).orElseThrow();

        assertThatIllegalArgumentException().isThrownBy(() -> web.members(2))
                .withMessage("4:46 children.web.after[0]: no sibling has the id 'other-1'."
                        + " Did you mean 'other'?");
        assertThat(web.members(1)).hasSize(1);
    }

    @Test
    void aShellGetsTheTextAsItStands() {
        ChildSpec report = child("report");

        assertThat(((ProcessSpec) report.work()).command()).containsExactly("sh", "-c",
                "echo \"$HOME\" | wc");
        assertThat(report.stop()).isEqualTo(StopRule.brutal());
        assertThat(report.breaker()).contains(new BreakerUse(Optional.of("database"), Optional.empty(),
                OptionalInt.of(2), BreakerUse.DEFAULT_STABLE_FOR));
    }

    @Test
    void aSupervisorBelowHasKeysOfItsOwnAndComponentsBelowIt() {
        SupervisorSpec etl = (SupervisorSpec) child("etl").work();

        assertThat(etl.strategy().type()).isEqualTo("rest-for-one");
        assertThat(etl.intensity()).isEqualTo(new Intensity(0, Duration.ofSeconds(60)));
        ChildSpec load = Reader.child(etl, "load");
        assertThat(((ComponentSpec) load.work()).label()).isEqualTo(TestTypes.Load.class.getName());
        assertThat(((ComponentSpec) load.work()).thread()).isEqualTo(ComponentSpec.ThreadKind.PLATFORM);
        assertThat(load.stop().isInfinite()).isTrue();
        assertThat(load.whenAbandoned()).isEqualTo(WhenAbandoned.REPLACE);
        assertThat(Reader.child(etl, "extract").whenAbandoned()).isEqualTo(WhenAbandoned.HOLD);
        assertThat(etl.maxChildren()).isEmpty();
        assertThat(reader.components).containsEntry(TestTypes.Load.class,
                Optional.of(new TestTypes.Load.Settings(500, Duration.ofMinutes(1))))
                .containsEntry(TestTypes.Extract.class, Optional.empty());
    }

    @Test
    void f8DefaultsAreInheritedDownwardsAndOverridden() {
        SupervisorSpec etl = (SupervisorSpec) child("etl").work();
        ChildSpec extract = Reader.child(etl, "extract");

        assertThat(extract.restart()).isEqualTo(RestartType.TRANSIENT);
        assertThat(extract.backoff().settings())
                .contains(new TestTypes.Fixed.Settings(Duration.ofMillis(250)));
        assertThat(extract.startTimeout()).isEqualTo(Duration.ofSeconds(12));
        assertThat(extract.stop().timeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(extract.health()).extracting(CheckSpec::name).containsExactly("tcp");
        assertThat(child("etl").restart()).isEqualTo(RestartType.TRANSIENT);
        assertThat(child("etl").startTimeout()).isEqualTo(ChildSpec.DEFAULT_START_TIMEOUT);
    }

    @Test
    void s2AndB5TheRunnersRootKeepsTryingAndSuspendsAndWhatIsBelowItEscalates() {
        TreeSpec tree = new Reader().tree("""
                children:
                  below:
                    children:
                      a: {command: [sleep, 1]}
                """);

        SupervisorSpec below = (SupervisorSpec) tree.root().children().get(0).work();
        assertThat(tree.name()).isEqualTo("shop");
        assertThat(tree.root().onGiveUp()).isEqualTo(OnGiveUp.SUSPEND);
        assertThat(tree.root().onStartFailure()).isEqualTo(OnStartFailure.KEEP_TRYING);
        assertThat(tree.root().intensity()).isEqualTo(Intensity.DEFAULT);
        assertThat(below.onGiveUp()).isEqualTo(OnGiveUp.ESCALATE);
        assertThat(below.onStartFailure()).isEqualTo(OnStartFailure.KEEP_TRYING);
        ChildSpec a = below.children().get(0);
        assertThat(a.stop()).isEqualTo(StopRule.within(Duration.ofSeconds(10)));
        assertThat(((ProcessSpec) a.work()).workingDirectory()).contains(Path.of("/srv/shop"));
        assertThat(((ProcessSpec) a.work()).inheritEnvironment()).isTrue();
        assertThat(((ProcessSpec) a.work()).successExitCodes()).containsExactly(0);
        assertThat(tree.root().children().get(0).stop()).isEqualTo(StopRule.infinite());
    }

    @Test
    void f3SettingsOfEveryTypeAreBound() {
        ChildSpec child = new Reader().children("""
                a:
                  command: [x]
                  health:
                    - type: everything
                      number: 9000000000
                      share: 1
                      flag: false
                      mode: in-between
                      size: 2GiB
                      patience: forever
                      file: relative/file
                      url: http://example.org/x
                      pattern: "a+"
                      codes: [1, 2]
                      times: {b: 5s, a: 1h}
                      word: hello
                      inner: {high: 9}
                """).get(0);

        var settings = (TestTypes.Everything.Settings) child.health().get(0).check().settings().orElseThrow();
        assertThat(settings.number()).isEqualTo(9_000_000_000L);
        assertThat(settings.share()).isEqualTo(1);
        assertThat(settings.flag()).isFalse();
        assertThat(settings.mode()).isEqualTo(TestTypes.Everything.Mode.IN_BETWEEN);
        assertThat(settings.size()).isEqualTo(new ByteSize(2L << 30));
        assertThat(settings.patience()).isEqualTo(AllowForever.FOREVER);
        assertThat(settings.file()).isEqualTo(Path.of("relative/file"));
        assertThat(settings.url()).isEqualTo(URI.create("http://example.org/x"));
        assertThat(settings.pattern().pattern()).isEqualTo("a+");
        assertThat(settings.codes()).containsExactly(1, 2);
        assertThat(settings.times()).containsExactly(Map.entry("b", Duration.ofSeconds(5)),
                Map.entry("a", Duration.ofHours(1)));
        assertThat(settings.word()).contains("hello");
        assertThat(settings.inner()).contains(new TestTypes.Everything.Inner(1, 9));
    }

    @Test
    void c1c4ABreakerThatNamesNoTypeCountsAndItsKeysStandBesideIt() {
        TreeSpec tree = new Reader().tree("""
                breakers: {db: {failures: 7}}
                children:
                  a: {command: [x], breaker: {}}
                  b: {command: [x], breaker: {failures: 3, stableFor: 5s}}
                  c: {command: [x], breaker: {name: db, stableFor: 0s, escalateAfter: 2}}
                  d: {command: [x], breaker: {name: db}}
                """);

        assertThat(tree.breakers()).containsExactly(Map.entry("db", count(7, 0.5, Optional.empty())));
        assertThat(tree.root().children()).extracting(c -> c.breaker().orElseThrow())
                .containsExactly(
                        own(count(5, 0.5, Optional.empty()), BreakerUse.DEFAULT_STABLE_FOR),
                        own(count(3, 0.5, Optional.empty()), Duration.ofSeconds(5)),
                        new BreakerUse(Optional.of("db"), Optional.empty(), OptionalInt.of(2), Duration.ZERO),
                        BreakerUse.shared("db"));
        assertThat(BreakerUse.DEFAULT.type()).isEqualTo("count");
    }

    @Test
    void c10SettingsMayBeWrittenAsResilience4jNamesThem() {
        TreeSpec tree = new Reader().tree("""
                breakers:
                  ours: {failures: 9, failureRate: 0.07, slowCallRate: 0.5, window: time-based}
                  theirs: {minimumNumberOfCalls: 9, failureRateThreshold: 7, slowCallRateThreshold: 50,
                           slidingWindowType: TIME_BASED}
                children: {}
                """);

        assertThat(tree.breakers().get("theirs")).isEqualTo(tree.breakers().get("ours"))
                .isEqualTo(Choice.of("count", new TestTypes.Count.Settings(9, 0.07, Optional.of(0.5),
                        TestTypes.Count.Window.TIME_BASED, Duration.ofSeconds(60))));
    }

    private static Choice count(int failures, double rate, Optional<Double> slow) {
        return Choice.of("count", new TestTypes.Count.Settings(failures, rate, slow,
                TestTypes.Count.Window.COUNT_BASED, Duration.ofSeconds(60)));
    }

    private static BreakerUse own(Choice choice, Duration stableFor) {
        return new BreakerUse(Optional.empty(), Optional.of(choice), OptionalInt.empty(), stableFor);
    }

    @Test
    void aCheckIsMadeOfOthersWithTheirOwnSettings() {
        CheckSpec several = new Reader().children("""
                a:
                  command: [x]
                  health:
                    - type: several
                      interval: 2s
                      checks: [{type: tcp, port: 1}, beat, {type: several, checks: []}]
                      spare: beat
                      inner: {check: {type: tcp, port: 2}}
                      named: {b: {type: beat}}
                """).get(0).health().get(0);

        Choice beat = Choice.of("beat", new TestTypes.None());
        assertThat(several.interval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(several.timeout()).as("nobody wrote one").isEqualTo(Duration.ofSeconds(5));
        assertThat(several.check()).isEqualTo(several(List.of(tcp(1), beat, several(List.of(), null, null,
                Map.of())), beat, new TestTypes.Several.Inner(tcp(2)), Map.of("b", beat)));
    }

    private static Choice tcp(int port) {
        return Choice.of("tcp", new TestTypes.Tcp.Settings("127.0.0.1", port));
    }

    private static Choice several(
            List<Choice> checks,
            @Nullable Choice spare,
            TestTypes.Several.@Nullable Inner inner,
            Map<String, Choice> named) {
        return Choice.of("several", new TestTypes.Several.Settings(checks, Optional.ofNullable(spare),
                Optional.ofNullable(inner), named));
    }

    @Test
    void aTimeoutMayBeAsLongAsTheIntervalAndDeadlinesAreJudgedAtOnce() {
        List<CheckSpec> checks = new Reader().children("""
                a:
                  command: [x]
                  health:
                    - {type: tcp, port: 1, interval: 3s, timeout: 3s}
                    - {type: beat, failureThreshold: 1, successThreshold: 1, timeout: 10s}
                    - {type: everything, interval: 1s}
                """).get(0).health();

        assertThat(checks).extracting(CheckSpec::timeout)
                .containsExactly(Duration.ofSeconds(3), Duration.ofSeconds(10), Duration.ofSeconds(5));
    }

    @Test
    void aliasesAndMergeKeysMeanWhatTheyStandFor() {
        List<ChildSpec> children = new Reader().children("""
                x-base: &base
                  command: [one]
                  restart: transient
                x-more: &more {critical: true, restart: temporary}
                a:
                  <<: *base
                  command: [two]
                b: {<<: [*base, *more]}
                c: *base
                """);

        assertThat(children).extracting(ChildSpec::id).containsExactly("a", "b", "c");
        assertThat(((ProcessSpec) children.get(0).work()).command()).containsExactly("two");
        assertThat(children.get(0).restart()).isEqualTo(RestartType.TRANSIENT);
        assertThat(children.get(1).restart()).isEqualTo(RestartType.TRANSIENT);
        assertThat(children.get(1).critical()).isTrue();
        assertThat(((ProcessSpec) children.get(2).work()).command()).containsExactly("one");
    }

    @Test
    void f2VariablesArePutIntoScalarsAndNeverIntoStructure() {
        List<ChildSpec> children = new Reader().with("PORT", "80")
                .with("EVIL", "a, b]\nc: d")
                .with("NOTHING", "")
                .children("""
                        a:
                          command: prog ${EVIL} "$${x} $$ $HOME" '${NOTHING:-a b}' ${MISSING:-} \\${PORT}
                          environment: {SELF: "${path} ${name} ${index}"}
                          health: [{type: tcp, port: "${PORT}8${index}"}]
                          replicas: ${COUNT:-2}
                        """);

        ProcessSpec work = (ProcessSpec) children.get(1).work();
        assertThat(work.command()).containsExactly("prog", "a, b]\nc: d", "${x} $ $HOME", "a b", "",
                "${PORT}");
        assertThat(work.environment()).containsEntry("SELF", "shop/a-1 a-1 1");
        assertThat(children.get(1).health().get(0).check().settings())
                .contains(new TestTypes.Tcp.Settings("127.0.0.1", 8081));
    }

    @Test
    void f2APoolThatIsScaledKeepsTheSecretsThatAreKnown(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("password"), "s3cret!");
        PoolSpec pool = Optional.ofNullable(new Reader(directory).tree("""
                children: {a: {command: [x], replicas: 1, environment: {PASSWORD: "${file:password}"}}}
                """).root().pools().get("a")).orElseThrow();
        Files.writeString(file, "another");

        assertThat(((ProcessSpec) pool.members(2).get(1).work()).environment())
                .containsEntry("PASSWORD", "s3cret!");
    }

    @Test
    void f2SecretsComeFromFilesAndAreKnownAsSuch(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("password"), "s3cret!\n");

        Configuration configuration = new Reader(directory).configuration("""
                name: x
                children: {a: {command: [x], environment: {PASSWORD: "p=${file:password}"}}}
                """);

        ProcessSpec work = (ProcessSpec) configuration.tree().root().children().get(0).work();
        assertThat(work.environment()).containsEntry("PASSWORD", "p=s3cret!");
        assertThat(configuration.secrets()).containsExactly("s3cret!");
        assertThat(configuration.masked("p=s3cret!;")).isEqualTo("p=***;");
        assertThat(configuration).hasToString("configuration of x");
    }

    @Test
    void theProfilesOfF8AreFilesLikeAnyOther() {
        TreeSpec tree = new Reader().tree("""
                intensity: {max: 20, within: 600s}
                defaults:
                  backoff: {type: exponential, initial: 500ms, multiplier: 1.5, max: 120s}
                children: {}
                """);

        assertThat(tree.root().children()).isEmpty();
        assertThat(tree.root().intensity()).isEqualTo(new Intensity(20, Duration.ofMinutes(10)));
    }

    @Test
    void aFileIsNamedAfterItsDirectoryAndReadFromThere(@TempDir Path directory) throws Exception {
        Path home = Files.createDirectory(directory.resolve("my shop!"));
        Path file = Files.writeString(home.resolve("upkeep.yaml"), "children: {a: {command: bin/run}}\n");

        TreeSpec tree = new Reader().reader().read(file).tree();

        assertThat(tree.name()).isEqualTo("my-shop-");
        assertThat(((ProcessSpec) tree.root().children().get(0).work()).command())
                .containsExactly(home.resolve("bin/run").toString());
    }
}
