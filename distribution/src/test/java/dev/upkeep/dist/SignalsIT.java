package dev.upkeep.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a supervisor does when it is sent a signal (P18). */
class SignalsIT {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private static Path directory;

    private static Installed installed;

    @BeforeAll
    static void unpack() throws Exception {
        installed = Installed.in(directory);
    }

    @Test
    void p18_hupAppliesTheFileOrTellsWhatIsWrongWithIt() throws Exception {
        Witness witness = Witness.in(directory.resolve("hup"));
        Path key = Files.writeString(witness.directory().resolve("key"), "hunter-one\n");
        String good = """
                name: hup
                defaults: {backoff: {type: fixed, delay: 10m}}
                children:
                  steady: {command: [%1$s/once, steady, sleep, "1000"]}
                  web: {command: [%1$s/once, web, sleep, "1000"]}
                  talker:
                    command: 'echo "$KEY is not the key" >&2; exit 1'
                    shell: true
                    environment: {KEY: "${file:%2$s}"}
                """.formatted(witness.directory(), key);
        Path file = installed.yaml(good);
        Path state = directory.resolve("hup-state");
        try (Running run = installed.run(file, state)) {
            Control control = new Control(state).open();
            run.await(" talker +restart 1 in 10m");
            long steady = control.pid("steady");
            long web = control.pid("web");
            noAnswerShows("hunter-one", state);

            Files.writeString(file, good.replace("children:", "childen:"));
            run.signal("HUP");
            run.await("the configuration was not applied: .* has .*problems?; nothing was changed$");
            Installed.Result check = installed.upkeep("check", file.toString());
            assertThat(check.err()).contains("3:1 ");
            assertThat(run.printed()).contains(check.err());
            assertThat(control.pid("web")).isEqualTo(web);

            Files.writeString(key, "hunter-two\n");
            Files.writeString(file, good.replace("once, web, sleep, \"1000\"", "once, web, sleep, \"2000\""));
            run.signal("HUP");
            run.await(LONG, "upkeep +restarted web \\[work.command\\]$");
            run.await(LONG, "upkeep +the configuration was applied");
            await().atMost(LONG).untilAsserted(() -> assertThat(witness.starts("web")).hasSize(2));
            assertThat(run.printed()).containsPattern("upkeep +restarted talker \\[work.environment\\]");
            assertThat(control.pid("steady")).isEqualTo(steady);
            assertThat(control.number("steady", "generation")).isOne();
            run.await(LONG, "hunter-two is not the key");
            await().atMost(LONG).until(() -> control.state("talker").equals("backoff"));
            noAnswerShows("hunter-two", state);
            assertThat(run.printed().lines().filter(line -> line.contains("hunter")))
                    .as("what it wrote itself alone")
                    .allMatch(line -> line.contains(" talker         | "));

            run.signal("USR1");
            run.await(" upkeep +NAME +STATE +READY");
            await().atMost(LONG).untilAsserted(() -> assertThat(table(run)).hasSize(5));
            assertThat(table(run)).isEqualTo(withoutTimes(
                    installed.upkeep("status", "--state", state.toString()).out().lines().toList()));

            run.signal("INT");
            assertThat(run.awaitEnd()).isZero();
            assertThat(run.leftRunning()).isEmpty();
            witness.nothingRanTwice();
            assertThat(witness.starts("steady")).hasSize(1);
        }
    }

    private static void noAnswerShows(String secret, Path state) throws Exception {
        for (List<String> words : List.of(List.of("why", "talker"), List.of("why", "-o", "json", "talker"),
                List.of("events", "-o", "json"), List.of("status", "-o", "json"))) {
            List<String> all = new ArrayList<>(words);
            all.addAll(1, List.of("--state", state.toString()));
            Installed.Result answer = installed.upkeep(all.toArray(String[]::new));
            assertThat(answer.status()).as(answer.err()).isZero();
            assertThat(answer.out()).as(words.toString()).contains("talker").doesNotContain(secret);
            if (words.contains("why")) {
                assertThat(answer.out()).contains("*** is not the key");
            }
        }
    }

    private static List<String> table(Running run) {
        return withoutTimes(run.printed()
                .lines()
                .dropWhile(line -> !line.contains("NAME "))
                .map(line -> line.substring(line.indexOf("upkeep") + "upkeep".length()).strip())
                .toList());
    }

    private static List<String> withoutTimes(List<String> lines) {
        return lines.stream()
                .map(line -> line.replaceAll("\\b\\d+[hms](\\d+[ms])?\\b", "T").replaceAll(" +", " "))
                .toList();
    }

    @Test
    void p18_termStopsInOrderAndASecondOneByForce() throws Exception {
        Path file = installed.yaml("""
                name: twice
                children:
                  first: {command: [sleep, "1000"]}
                  deaf: {command: "trap '' TERM; echo deaf now; while :; do sleep 0.2; done", shell: true, stop: {timeout: 10m}}
                  last: {command: [sleep, "1000"], after: [deaf]}
                shutdownTimeout: 10m
                """);
        Path state = directory.resolve("twice-state");
        try (Running run = installed.run(file, state)) {
            run.await("(?s)deaf now.* last +started as pid| last +started as pid.*deaf now");
            new Control(state).open();

            run.signal("TERM");
            run.await("(?s) twice +shutdown: SIGTERM$.* last +ended: requested.* deaf +stopping: ");
            run.signal("HUP");
            run.await(" upkeep +the configuration is not read again: the tree is on its way out$");
            assertThat(run.printed()).as("in order, and only the deaf one is left")
                    .doesNotContain("by force");

            run.signal("TERM");

            assertThat(run.awaitEnd()).isZero();
            assertThat(run.printed()).containsPattern(" twice +shutdown by force: SIGTERM")
                    .containsPattern(" deaf +would not stop, and is killed");
            assertThat(run.leftRunning()).isEmpty();
        }
    }
}
