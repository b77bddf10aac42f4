package dev.upkeep.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.plugin.LoadProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** F1: every problem of a file is told at once, with its place, what is allowed, and the nearest right spelling. */
class BadFilesTest {
    private final Reader reader = new Reader();

    @Test
    void f1AllProblemsAreToldAtOnceInTheOrderOfTheFile() {
        LoadProblem lost = new LoadProblem("plugins/jitter.jar", "it needs plugin API 2.0, this is 0.1",
                "take a build of it for plugin API 0.1", Optional.empty());

        String refusal = new Reader().with(TestTypes.catalog(lost)).refusal("""
                children:
                  web:
                    command: [web]
                    restart: allways
                    healt: []
                  api:
                    command: [api]
                    health:
                      - {type: tcp, port: 80, timeout: 0s}
                    backoff:
                      type: jitter
                    user: nobdy
                """);

        assertThat(refusal).isEqualTo("""
                upkeep.yaml: 5 problems
                  4:14  children.web.restart: unknown value 'allways'; expected permanent, transient or temporary.\
                 Did you mean 'permanent'?
                  5:5   children.web.healt: unknown key; expected KEYS. Did you mean 'health'?
                  9:40  children.api.health[0].timeout: '0s' must be longer than zero
                  11:13 children.api.backoff.type: no back-off named 'jitter'; available: exponential, fixed.
                        plugins/jitter.jar was not loaded: it needs plugin API 2.0, this is 0.1;\
                 take a build of it for plugin API 0.1
                  12:11 children.api.user: this host has no user named 'nobdy'. Did you mean 'nobody'?"""
                .replace("KEYS",
                        Leaves.oneOf(java.util.List.copyOf(ChildReader.Kind.PROCESS.keys()))));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiterString = " => ", textBlock = """
            after: [b] => 4:13 children.a.after[0]: no sibling has the id 'b'.
            after: b => 4:12 children.a.after: expected a list of siblings, or siblings with ready, started or completed, but here is a single value
            after: [a] => 4:12 children.a.after: these wait for each other, for ever: a after a
            replicas: many => 4:15 children.a.replicas: 'many' is not a whole number
            replicas: 99999 => 4:15 children.a.replicas: '99999' must be from 0 to 10000
            stop: {timeout: -1s} => 4:21 children.a.stop.timeout: '-1s' is not a duration; expected a number with ms, s, m or h
            stop: {signal: SIGNOPE} => 4:20 children.a.stop.signal: unknown signal 'SIGNOPE'; expected a name
            stop: softly => 4:11 children.a.stop: unknown value 'softly'; expected brutal, infinite or {timeout
            whenSupervisorDies: kill => 4:5 children.a.whenSupervisorDies: not supported yet
            startTimeout: 0s => 4:19 children.a.startTimeout: '0s' must be longer than zero
            startTimeout: => 4:18 children.a.startTimeout: expected a single value, but here is nothing
            start_timeout: 3s => 4:5 children.a.start_timeout: unknown key; expected
            autostart: yes => 4:16 children.a.autostart: 'yes' is not true or false
            significant: true => 4:18 children.a.significant: a significant child must be 'restart: transient'
            successExitCodes: [256] => 4:24 children.a.successExitCodes[0]: '256' must be from 0 to 255
            doNotRestartExitCodes: [0] => 4:28 children.a.doNotRestartExitCodes: the exit code 0 is in successExitCodes, too
            environment: [A=b] => 4:18 children.a.environment: expected names with values, but here is a list
            environment: {A=b: c} => 4:19 children.a.environment.A=b: 'A=b' cannot be the name of a variable
            environment: {A: "${UNSET}"} => 4:22 children.a.environment.A: the variable UNSET is not set; set it, or write ${UNSET:-default}.
            environment: {A: "${a b}"} => 4:22 children.a.environment.A: '${a b}' is not understood
            environment: {A: "${index}"} => 4:22 children.a.environment.A: ${index} has a value only where there are replicas
            environment: {A: "${x"} => 4:22 children.a.environment.A: '${' without '}'
            environment: {A: "${file:nowhere}"} => 4:22 children.a.environment.A: there is no file '/srv/shop/nowhere'
            environment: {A: 1, A: 2} => 4:25 the key 'A' is already on line 4
            component: X => 2:3 children.a: it has 'command' and 'component'; only one of them can be
            settings: {} => 4:5 children.a.settings: only for components, and this is one of the processes because of its 'command'
            breaker: db => 4:14 children.a.breaker: no breaker named 'db'; those in 'breakers:' are: none.
            breaker: consecutive => 4:14 children.a.breaker: no breaker named 'consecutive'; for one of this type write {type: consecutive}
            breaker: {type: consecutive, failures: 0} => 4:44 children.a.breaker.failures: '0' must be at least 1
            breaker: {failures: 200} => 4:25 children.a.breaker.failures: '200' must be from 1 to 100
            breaker: {failurs: 2} => 4:15 children.a.breaker.failurs: unknown key; expected type, name, escalateAfter, stableFor, failures, minimumNumberOfCalls,
            breaker: {nmae: db} => 4:15 children.a.breaker.nmae: unknown key; expected
            breaker: {stableFor: -1s} => 4:26 children.a.breaker.stableFor: '-1s' is not a duration
            breaker: {stableFor: soon} => 4:26 children.a.breaker.stableFor: 'soon' is not a duration
            breaker: {escalateAfter: 0} => 4:30 children.a.breaker.escalateAfter: '0' must be at least 1
            breaker: {name: db, stableFor: 1s} => 4:21 children.a.breaker.name: no breaker named 'db'
            breaker: {minimumNumberOfCalls: 0} => 4:37 children.a.breaker.minimumNumberOfCalls: '0' must be from 1 to 100
            breaker: {minimumNumberOfCalls: few} => 4:37 children.a.breaker.minimumNumberOfCalls: 'few' is not a whole number
            breaker: {minimumNumberOfCals: 3} => 4:15 children.a.breaker.minimumNumberOfCals: unknown key; expected type, name, escalateAfter, stableFor, failures, minimumNumberOfCalls, failureRate, failureRateThreshold, slowCallRate, slowCallRateThreshold, window, slidingWindowType or within. Did you mean 'minimumNumberOfCalls'?
            breaker: {failures: 3, minimumNumberOfCalls: 3} => 4:28 children.a.breaker.minimumNumberOfCalls: 'minimumNumberOfCalls' is another name of 'failures', and only one of them can be given
            breaker: {failureRateThreshold: 0} => 4:37 children.a.breaker.failureRateThreshold: '0' must be greater than 0 and at most 100
            breaker: {failureRateThreshold: 101} => 4:37 children.a.breaker.failureRateThreshold: '101' must be greater than 0 and at most 100
            breaker: {failureRate: 50} => 4:28 children.a.breaker.failureRate: '50' must be greater than 0 and at most 1
            breaker: {slowCallRateThreshold: 100.5} => 4:38 children.a.breaker.slowCallRateThreshold: '100.5' must be from 0 to 100
            breaker: {slowCallRateThreshold: 50%} => 4:38 children.a.breaker.slowCallRateThreshold: '50%' is not a number
            breaker: {slowCallRateThreshold: 40} => 4:38 children.a.breaker.slowCallRateThreshold: slowCallRate must not be less than failureRate, 0.5, but is 0.4
            breaker: {slidingWindowType: TIMED} => 4:34 children.a.breaker.slidingWindowType: unknown value 'TIMED'; expected count-based or time-based.
            breaker: {within: 0s} => 4:23 children.a.breaker.within: '0s' must be longer than zero
            backoff: {max: 3s} => 4:14 children.a.backoff: 'type' must be given; available: exponential, fixed
            backoff: {type: exponential, initial: 2m} => 4:43 children.a.backoff.initial: 'max' must not be shorter than 'initial'
            backoff: {type: exponential, initial: 0s} => 4:43 children.a.backoff.initial: '0s' must be at least 1ms
            backoff: {type: fixed, dealy: 3s} => 4:28 children.a.backoff.dealy: unknown key; expected type or delay. Did you mean 'delay'?
            backoff: {type: fixed, delay: [1s]} => 4:35 children.a.backoff.delay: expected a single value, but here is a list
            health: {type: tcp} => 4:13 children.a.health: expected a list of checks, each {type: …}, but here is keys with values
            health: [{type: tcp}] => 4:14 children.a.health[0]: 'port' must be given (the port it listens on)
            health: [{type: tcp, port: 0}] => 4:32 children.a.health[0].port: '0' must be from 1 to 65535
            health: [{type: tpc, port: 1}] => 4:21 children.a.health[0].type: no health check named 'tpc'; available: beat, everything, several, tcp. Did you mean 'tcp'?
            health: [{type: everything, share: NaN}] => 4:40 children.a.health[0].share: 'NaN' is not a number
            health: [{type: everything, share: 1.5}] => 4:40 children.a.health[0].share: '1.5' must be from 0 to 1
            health: [{type: everything, mode: Fast}] => 4:39 children.a.health[0].mode: unknown value 'Fast'; expected fast or in-between. Did you mean 'fast'?
            health: [{type: everything, size: 10MB}] => 4:39 children.a.health[0].size: '10MB' is not a size
            health: [{type: everything, pattern: "("}] => 4:42 children.a.health[0].pattern: '(' is not a regular expression
            health: [{type: everything, url: "a b"}] => 4:38 children.a.health[0].url: 'a b' is not a URI
            health: [{type: everything, codes: [1, x]}] => 4:44 children.a.health[0].codes[1]: 'x' is not a whole number
            health: [{type: everything, codes: 1}] => 4:40 children.a.health[0].codes: expected a list of values
            health: [{type: everything, times: {a: b}}] => 4:44 children.a.health[0].times.a: 'b' is not a duration
            health: [{type: everything, inner: {low: 9}}] => 4:46 children.a.health[0].inner.low: 'low' must not be above 'high'
            health: [{type: everything, successThreshold: 2}] => 4:51 children.a.health[0].successThreshold: it is fixed at 1
            health: [{type: beat, successThreshold: 2, role: readiness}] => 4:45 children.a.health[0].successThreshold: it is fixed at 1 for 'beat' checks, which are judged at their deadline
            health: [{type: beat, failureThreshold: 3}] => 4:45 children.a.health[0].failureThreshold: it is fixed at 1 for 'beat' checks, which are judged at their deadline
            health: [{type: beat, degradedThreshold: 1}] => 4:46 children.a.health[0].degradedThreshold: it has no meaning for 'beat' checks, which are judged at their deadline
            health: [{type: beat, timeout: 11s}] => 4:36 children.a.health[0].timeout: '11s' must be at most the interval, by default '10s'
            health: [{type: everything, interval: 0s}] => 4:43 children.a.health[0].interval: '0s' must be longer than zero
            health: [{type: everything, interval: often, timeout: 1h}] => 4:43 children.a.health[0].interval: 'often' is not a duration
            health: [{type: everything, timeout: 2s, interval: 1s}] => 4:42 children.a.health[0].timeout: '2s' must be at most the interval, '1s'
            health: [{type: everything, initialDelay: -1s}] => 4:47 children.a.health[0].initialDelay: '-1s' is not a duration
            health: [{type: everything, failureThreshold: 0}] => 4:51 children.a.health[0].failureThreshold: '0' must be at least 1
            health: [{type: everything, failureThreshold: many}] => 4:51 children.a.health[0].failureThreshold: 'many' is not a whole number
            health: [{type: everything, successThreshold: 0}] => 4:51 children.a.health[0].successThreshold: '0' must be at least 1
            health: [{type: everything, degradedThreshold: 0}] => 4:52 children.a.health[0].degradedThreshold: '0' must be at least 1
            health: [{type: everything, jitter: 1.01}] => 4:41 children.a.health[0].jitter: '1.01' must be from 0 to 1
            health: [{type: everything, role: lively}] => 4:39 children.a.health[0].role: unknown value 'lively'; expected startup, readiness or liveness.
            health: [{type: everything, name: [x]}] => 4:39 children.a.health[0].name: expected a single value, but here is a list
            health: [{type: several}] => 4:14 children.a.health[0]: 'checks' must be given
            health: [{type: several, checks: tcp}] => 4:38 children.a.health[0].checks: expected a list of values, but here is a single value
            health: [{type: several, checks: [{port: 1}]}] => 4:39 children.a.health[0].checks[0]: 'type' must be given; available: beat, everything, several, tcp
            health: [{type: several, checks: [beat, tcpp]}] => 4:45 children.a.health[0].checks[1]: no health check named 'tcpp'; available: beat, everything, several, tcp. Did you mean 'tcp'?
            health: [{type: several, checks: [{type: tcp, port: 0}]}] => 4:57 children.a.health[0].checks[0].port: '0' must be from 1 to 65535
            health: [{type: several, checks: [{type: tcp, port: 1, interval: 1s}]}] => 4:60 children.a.health[0].checks[0].interval: a key of the health check around it; here stand 'type' and its own settings
            health: [{type: several, checks: [], spare: {type: count}}] => 4:56 children.a.health[0].spare.type: no health check named 'count'
            health: [{type: several, checks: [], inner: {check: {type: everything, flag: 1}}}] => 4:82 children.a.health[0].inner.check.flag: '1' is not true or false
            health: [{type: several, checks: [], named: {a: [x]}}] => 4:53 children.a.health[0].named.a: expected the name of a type
            health: [{type: several, checks: [{type: several, checks: [{type: several, checks: 1}]}]}] => 4:88 children.a.health[0].checks[0].checks[0].checks: expected a list of values
            health: [{type: everything}, {type: everything}] => 4:34 children.a.health[1]: another check here is named 'everything', too; give one a 'name'
            whenAbandoned: replace => 4:5 children.a.whenAbandoned: only for components, and this is one of the processes because of its 'command'
            maxChildren: 3 => 4:5 children.a.maxChildren: only for supervisors
            thread: platform => 4:5 children.a.thread: only for components
            children: {} => 2:3 children.a: it has 'command' and 'children'; only one of them can be
            restart: !!binary transient => 4:14 tags are not supported, but here is
            ? [a] : b => 4:7 a key must be a single word
            """)
    void f1EachProblemOfAChildHasItsPlaceAndItsWords(String line, String problem) {
        String refusal = reader.refusal("children:\n  a:\n    command: [a]\n    " + line + "\n");

        String place = problem.substring(0, problem.indexOf(' '));
        String place2 = place.equals("2:3") ? "3:5" : place;
        assertThat(refusal).startsWith(
                "upkeep.yaml: 1 problem\n  " + place2 + " " + problem.substring(place.length() + 1));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiterString = " => ", textBlock = """
            intensity: 5 => 1:12 intensity: expected {max: …, within: …}, but here is a single value
            intensity: {max: -1} => 1:18 intensity.max: '-1' must be at least 0
            intensity: {maks: 1} => 1:13 intensity.maks: unknown key; expected
            strategy: one-for-al => 1:11 strategy: no restart strategy named 'one-for-al'; available: one-for-one, rest-for-one.
            onGiveUp: panic => 1:11 onGiveUp: unknown value 'panic'; expected escalate or suspend.
            name: a/b => 1:7 name: it cannot be an id; expected letters
            restart: permanent => 1:1 restart: a key of children; put it below 'children:', or below 'defaults:'
            command: x => 1:1 command: a key of children; put it below 'children:'
            children: {} => 2:1 the key 'children' is already on line 1
            maxChildren: -1 => 1:14 maxChildren: '-1' must be at least 0
            maxChildern: 3 => 1:1 maxChildern: unknown key; expected
            maxConcurrentStarts: 0 => 1:22 maxConcurrentStarts: '0' must be at least 1
            startRate: 5 => 1:12 startRate: expected {perSecond: …, burst: …}, but here is a single value
            startRate: {burst: 5} => 1:12 startRate: 'perSecond' must be given
            startRate: {perSecond: 0} => 1:24 startRate.perSecond: '0' must be greater than 0
            startRate: {perSecond: 5, burst: 0} => 1:34 startRate.burst: '0' must be at least 1
            startRate: {perSecnd: 5, perSecond: 1} => 1:13 startRate.perSecnd: unknown key; expected perSecond or burst. Did you mean 'perSecond'?
            whenAbandoned: hold => 1:1 whenAbandoned: a key of children; put it below 'children:'
            shutdownTimeout: forever => 1:18 shutdownTimeout: 'forever' is not a duration
            breakers: {a b: consecutive} => 1:12 breakers.a b: 'a b' cannot be the name of a breaker
            breakers: {a: {type: cuont}} => 1:22 breakers.a.type: no circuit breaker named 'cuont'; available: consecutive, count. Did you mean 'count'?
            breakers: {a: {escalateAfter: 3}} => 1:16 breakers.a.escalateAfter: a key of a child's 'breaker:', beside the name of this one
            breakers: {a: {failures: 0}} => 1:26 breakers.a.failures: '0' must be from 1 to 100
            breakers: {a: } => 1:14 breakers.a: expected the name of a type, or {type: …} with its settings, but here is nothing
            defaults: {command: [x]} => 1:12 defaults.command: unknown key; expected
            foo: bar => 1:1 foo: unknown key; expected
            """)
    void f1EachProblemOfTheTopHasItsPlaceAndItsWords(String line, String problem) {
        String refusal = reader.refusal(line + "\nchildren: {}\n");

        assertThat(refusal).startsWith("upkeep.yaml: 1 problem\n  " + problem);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiterString = " => ", textBlock = """
            a: {} => 1:15 children.a: it has nothing to do; give it a 'command', a 'component' or 'children'
            a: => 1:14 children.a: expected the keys of a child, but here is nothing
            a b: {command: [x]} => 1:12 children.a b: 'a b' cannot be an id; expected letters
            a: {command: []} => 1:25 children.a.command: a command needs at least the name of a program
            a: {command: [x, [y]]} => 1:29 children.a.command[1]: expected a single value, but here is a list
            a: {command: "x 'y"} => 1:25 children.a.command: the quote ' is not closed in the command
            a: {command: [x], shell: true} => 1:25 children.a.command: expected one text for 'shell: true', but here is a list
            a: {component: no.such.Thing} => 1:27 children.a.component: there is no class 'no.such.Thing' on the class path; put the jar that has it into ext/
            a: {component: java.lang.String} => 1:27 children.a.component: java.lang.String does not implement dev.upkeep.api.Component
            a: {component: dev.upkeep.config.TestTypes$Extract, settings: {a: b}} => 1:74 children.a.settings: dev.upkeep.config.TestTypes$Extract takes no settings
            a: {component: dev.upkeep.config.TestTypes$Load, settings: {bach: 1}} => 1:72 children.a.settings.bach: unknown key; expected batch or pause. Did you mean 'batch'?
            a: {children: {b: {command: [x], after: [a]}}} => 1:53 children.a.children.b.after[0]: no sibling has the id 'a'.
            a: {children: {}, health: []} => 1:30 children.a.health: not for supervisors
            a: {children: {}, name: b} => 1:30 children.a.name: unknown key; expected
            a: {component: dev.upkeep.config.TestTypes$Extract, whenAbandoned: replce} => 1:79 children.a.whenAbandoned: unknown value 'replce'; expected hold or replace. Did you mean 'replace'?
            a: {children: {}, whenAbandoned: hold} => 1:30 children.a.whenAbandoned: only for components, and this is one of the supervisors because of its 'children'
            a: {children: {b: {command: [x], replicas: 3}}, maxChildren: 2} => 1:73 children.a.maxChildren: it allows 2, but with all replicas there are 3 children
            a-0: {command: [x]}, a: {command: [x], replicas: 1} => 1:33 children.a: two children would have the id 'a-0'
            a: {command: [x], after: {b: redy}}, b: {command: [x]} => 1:41 children.a.after.b: unknown value 'redy'; expected ready, started or completed. Did you mean 'ready'?
            a: {component: dev.upkeep.config.TestTypes$Extract, stop: {signal: INT}} => 1:79 children.a.stop.signal: only for processes
            a: {command: [x], after: [b]}, b: {command: [x], after: [c]}, c: {command: [x], after: [b]} => 1:68 children.b.after: these wait for each other, for ever: b after c after b
            """)
    void f1ChildrenThatCannotBeAreToldWithTheirPlace(String children, String problem) {
        String refusal = reader.refusal("children: {" + children + "}\n");

        assertThat(refusal).startsWith("upkeep.yaml: 1 problem\n  " + problem);
    }

    @Test
    void whatIsWrongInDefaultsIsToldOnceAndWhereItStands() {
        String refusal = reader.refusal("""
                defaults:
                  startTimeout: soon
                children:
                  a: {command: [x], replicas: 100}
                  b: {command: [y]}
                """);

        assertThat(refusal)
                .startsWith("upkeep.yaml: 1 problem\n  2:17 defaults.startTimeout: 'soon' is not a duration");
    }

    @Test
    void f2NoMessageShowsASecretNorTheValueOfAVariable(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("token"), "tcpp");

        String refusal = new Reader(directory).with("PORT", "hunter2").refusal("""
                children:
                  a:
                    command: [x]
                    health:
                      - {type: "${file:token}", port: 1}
                      - {type: tcp, port: "${PORT}"}
                    restart: ${PORT}
                """);

        assertThat(refusal).doesNotContain("tcpp", "hunter2")
                .contains("no health check named '***'", "'${PORT}' is not a whole number",
                        "unknown value '${PORT}'");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " => ", textBlock = """
            'a: [b' => 1:6 not YAML: expected ',' or ']'
            '' => 1:1 the file is empty; expected at least 'children:'
            '- a' => 1:1 expected keys with values, among them 'children', but here is a list
            'name: x' => 1:1 'children' must be given
            'a: *b' => 1:4 not YAML: found undefined alias b
            'children: &a {b: *a}' => 1:11 this holds an alias of itself
            """)
    void whatIsNoConfigurationAtAllIsSaidToBeSo(String text, String problem) {
        assertThat(reader.refusal(text)).contains("\n  " + problem);
    }

    @Test
    void aFileThatBlowsUpIsRefusedBeforeItDoes() {
        StringBuilder laughs = new StringBuilder("x-0: &a0 [lol, lol]\n");
        for (int i = 1; i < 40; i++) {
            laughs.append("x-%d: &a%d [*a%d, *a%d]%n".formatted(i, i, i - 1, i - 1));
        }

        assertThat(reader.refusal(laughs + "children: {}\n")).contains("its aliases multiply to more than");
        assertThat(reader.refusal("[".repeat(100_000))).contains("nested deeper than 64 levels");
        assertThat(reader.refusal("a: {".repeat(100_000))).contains("nested deeper than 64 levels");
        assertThat(reader.refusal("""
                children:
                  a:
                    replicas: 10000
                    children:
                      b: {command: [x], replicas: 10000}
                """)).contains("with this child the tree has more than 50000");
    }

    @Test
    void whatWaitsForEachOtherByTheMillionIsRefusedInTime() {
        String product = """
                children:
                  a: {command: [x], replicas: 10000}
                  b: {command: [x], replicas: 10000, after: [a]}
                """;

        assertThat(reader.refusal(product)).contains(
                "children.b.after[0]: with this the children of the tree wait for each other",
                "more than 1000000 times");
    }

    @Test
    void whatIsWithoutEndIsRefusedAlsoWhereChecksAreMadeOfChecks() {
        String within = "{type: several, checks: [".repeat(40) + "]}".repeat(40);

        assertThat(reader.refusal("children: {a: {command: [x], health: [" + within + "]}}\n"))
                .contains("nested deeper than 64 levels");
    }

    @Test
    void f2TheValueOfAVariableIsNotShownByTheIntervalBesideIt() {
        assertThat(new Reader().with("EACH", "7s").refusal("""
                children: {a: {command: [x], health: [{type: beat, interval: "${EACH}", timeout: 8s}]}}
                """)).contains("'8s' must be at most the interval, '${EACH}'").doesNotContain("7s");
    }

    @Test
    void theDefaultBreakerThatIsNotInstalledIsMissed() {
        Reader without = new Reader()
                .with(dev.upkeep.plugin.Catalogs.of(new TestTypes.Strategy("one-for-one"),
                        new TestTypes.Exponential(), new TestTypes.Consecutive()));

        assertThat(without.refusal("children: {a: {command: [x], breaker: {failures: 3}}}\n")).contains(
                "1:39 children.a.breaker: the default is gone: no circuit breaker named 'count';"
                        + " available: consecutive.");
    }

    @Test
    void nothingOutOfAFileControlsTheTerminal() {
        assertThat(reader.refusal("children: {}\n\"\\e[31m\": 1\n\"strategy\": \"\\e[2J\"\n"))
                .doesNotContain("\u001b")
                .contains("2 problems");
    }

    @Test
    void aComponentThatCannotBeMadeIsAProblemAtItsName() {
        var refusing = new ConfigurationReader(TestTypes.catalog(), Map.of(), getClass().getClassLoader(),
                (type, settings) -> {
                    throw new IllegalStateException("nobody binds its DataSource");
                });

        assertThatThrownBy(() -> refusing.read(
                "children: {a: {component: dev.upkeep.config.TestTypes$Extract}}", "upkeep.yaml",
                Path.of("/srv")))
                .hasMessage(
                        "upkeep.yaml: 1 problem\n  1:27 children.a.component: nobody binds its DataSource");
    }

    @Test
    void aDefaultThatIsNotInstalledIsMissed() {
        assertThat(new Reader().with(dev.upkeep.plugin.Catalogs.of()).refusal("children: {}\n")).contains(
                "the default is gone: no restart strategy named 'one-for-one'; available: none.",
                "the default is gone: no back-off named 'exponential'; available: none.");
    }

    @Test
    void aFileThatCannotBeReadIsAProblemLikeAnyOther(@TempDir Path directory) throws IOException {
        Path latin = Files.write(directory.resolve("latin.yaml"),
                new byte[]{'a', ':', '\n', ' ', (byte) 0xe9});

        assertThatThrownBy(() -> reader.reader().read(directory.resolve("none.yaml")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageEndingWith("none.yaml: 1 problem\n  1:1 there is no such file");
        assertThatThrownBy(() -> reader.reader().read(directory)).isInstanceOf(ConfigurationException.class)
                .hasMessageEndingWith("1:1 it is not a file");
        assertThatThrownBy(() -> reader.reader().read(latin)).isInstanceOf(ConfigurationException.class)
                .hasMessageEndingWith("2:2 not UTF-8 text");
    }
}
