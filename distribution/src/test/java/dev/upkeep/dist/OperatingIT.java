package dev.upkeep.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The verbs to a supervisor that runs. */
class OperatingIT {
    private static final String SHOP = """
            name: shop
            children:
              web: {command: [sleep, "1000"]}
              mail: {command: [sleep, "1000"]}
              ghost: {command: [no-such-program-anywhere], backoff: {type: fixed, delay: 10m}}
              etl:
                children:
                  load: {command: [sleep, "1000"]}
            """;

    @TempDir
    private static Path directory;

    private static Installed installed;
    private static Path file;
    private static Path state;
    private static Running shop;

    @BeforeAll
    static void start() throws Exception {
        installed = Installed.in(directory);
        file = installed.yaml(SHOP);
        state = directory.resolve("state");
        shop = installed.run(file, state);
        shop.await(" etl/load +started as pid");
        shop.await(" ghost +restart 1 in 10m");
        org.awaitility.Awaitility.await().until(() -> Files.exists(state.resolve("control.sock")));
    }

    @AfterAll
    static void stop() throws Exception {
        if (shop != null) {
            shop.close();
        }
    }

    @Test
    void statusAsJsonIsAnArrayWithExactlyTheseKeys() throws Exception {
        var status = upkeep("status", "-o", "json");

        assertThat(status.status()).as(status.err()).isZero();
        JsonNode all = JsonMapper.shared().readTree(status.out());
        assertThat(all.isArray()).isTrue();
        assertThat(all.valueStream().map(c -> c.get("path").asString()))
                .containsExactly("shop", "shop/web", "shop/mail", "shop/ghost", "shop/etl", "shop/etl/load");
        assertThat(all.valueStream()).allSatisfy(child -> assertThat(child.propertyNames())
                .containsExactly("path", "kind", "state", "ready", "health", "flapping", "pid", "generation",
                        "restarts",
                        "uptimeMillis", "lastExit", "next"));
        JsonNode ghost = all.get(3);
        assertThat(ghost.get("state").asString()).isEqualTo("backoff");
        assertThat(ghost.get("lastExit").propertyNames()).containsExactly("cause", "code", "signal", "at");
        assertThat(ghost.get("lastExit").get("cause").asString()).startsWith("start-failed");
        assertThat(ghost.get("next").propertyNames()).containsExactly("action", "at");
        assertThat(ghost.get("next").get("action").asString()).isEqualTo("restart");
    }

    @Test
    void aCommandThatDoesNotExistIsAFailedStartWithItsErrno() throws Exception {
        assertThat(shop.printed())
                .contains("start-failed(ENOENT: there is no program 'no-such-program-anywhere'");

        var why = upkeep("why", "ghost");

        assertThat(why.status()).as(why.err()).isZero();
        assertThat(why.out()).contains("start-failed(ENOENT: there is no program 'no-such-program-anywhere'")
                .containsPattern("next +restart at ");
    }

    @Test
    void stopIsRememberedAndRestartStartsAgain() throws Exception {
        assertThat(upkeep("stop", "mail").status()).isZero();
        assertThat(upkeep("status", "mail").status()).as("3: a named child is not running").isEqualTo(3);
        var why = upkeep("why", "mail");
        assertThat(why.out()).contains("because it was asked to be");

        assertThat(upkeep("restart", "mail").status()).isZero();

        assertThat(upkeep("status", "mail").status()).isZero();
    }

    @Test
    void restartGivesARunningChildANewProcess() throws Exception {
        long before = pid("shop/etl/load");

        assertThat(upkeep("restart", "etl/load").status()).isZero();

        assertThat(pid("shop/etl/load")).isNotEqualTo(before);
    }

    @Test
    void anUnknownNameIsTold() throws Exception {
        var stop = upkeep("stop", "wev");

        assertThat(stop.status()).isEqualTo(1);
        assertThat(stop.err()).contains("'wev'");
    }

    @Test
    void aSecondSupervisorOnTheSameStateSaysWhoIsThere() throws Exception {
        var second = installed.upkeep("run", "--state", state.toString(), file.toString());

        assertThat(second.status()).isEqualTo(1);
        assertThat(second.err()).contains("supervisor 'shop' (pid " + shop.pid() + ")")
                .doesNotContain("\tat ");
        assertThat(upkeep("status", "web").status()).as("the first goes on").isZero();
    }

    @Test
    void aRequestedStopSurvivesTheSupervisor() throws Exception {
        Path own = directory.resolve("remembering");
        String stateOption = own.toString();
        try (Running first = installed.run(file, own)) {
            first.await(" mail +started as pid");
            org.awaitility.Awaitility.await().until(() -> Files.exists(own.resolve("control.sock")));
            assertThat(installed.upkeep("stop", "web", "--state", stateOption).status()).isZero();
            assertThat(installed.upkeep("shutdown", "--state", stateOption).status()).isZero();
            assertThat(first.awaitEnd()).isZero();
        }
        try (Running second = installed.run(file, own)) {
            second.await(" mail +started as pid");
            org.awaitility.Awaitility.await().until(() -> Files.exists(own.resolve("control.sock")));
            assertThat(installed.upkeep("status", "web", "--state", stateOption).status())
                    .as("3: not running")
                    .isEqualTo(3);
            assertThat(installed.upkeep("start", "web", "--state", stateOption).status()).isZero();
            assertThat(installed.upkeep("status", "web", "--state", stateOption).status()).isZero();
        }
    }

    @Test
    void shutdownStopsAllAndThenNobodyAnswers() throws Exception {
        Path own = directory.resolve("own");
        try (Running run = installed.run(file, own)) {
            run.await(" etl/load +started as pid");
            org.awaitility.Awaitility.await().until(() -> Files.exists(own.resolve("control.sock")));

            var shutdown = installed.upkeep("shutdown", "--state", own.toString());

            assertThat(shutdown.status()).as(shutdown.err()).isZero();
            assertThat(run.awaitEnd()).isZero();
            assertThat(run.leftRunning()).isEmpty();
            assertThat(installed.upkeep("status", "--state", own.toString()).status())
                    .as("4: no supervisor answers")
                    .isEqualTo(4);
        }
    }

    private static long pid(String path) throws Exception {
        var status = upkeep("status", "-o", "json", path);
        return JsonMapper.shared().readTree(status.out()).get(0).get("pid").asLong();
    }

    private static Installed.Result upkeep(String verb, String... args) throws Exception {
        String[] all = new String[args.length + 3];
        all[0] = verb;
        all[1] = "--state";
        all[2] = state.toString();
        System.arraycopy(args, 0, all, 3, args.length);
        return installed.upkeep(all);
    }
}
