package dev.upkeep.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.ResourceLimit;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** F1: what cannot be asked of a process is told with its place, what was found and what is allowed, before anything starts. */
class BadProcessesTest {
    private static final String HEAD = "children:\n  a:\n    command: [a]\n    ";
    private static final String SIZE = "a number of bytes, or one with KiB, MiB, GiB or TiB, as in 512MiB, or unlimited.";

    private static String refusal(Host host, String line) {
        return new Reader().on(host).refusal(HEAD + line + "\n");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiterString = " => ", textBlock = """
            user: postgers => 4:11 children.a.user: this host has no user named 'postgers'. Did you mean 'postgres'?
            user: quux => 4:11 children.a.user: this host has no user named 'quux'.
            user: -1 => 4:11 children.a.user: this host has no user named '-1'.
            user: "a b" => 4:11 children.a.user: this host has no user named 'a b'.
            user: "" => 4:11 children.a.user: this host has no user named ''.
            user: "ldap-a b" => 4:11 children.a.user: this host has no user named 'ldap-a b'.
            user: 4294967295 => 4:11 children.a.user: '4294967295' must be a name, or a number from 0 to 4294967294
            user: 4711 => 4:11 children.a.user: nobody in /etc/passwd has this number, so its group is not known; give 'group', too
            user: ldap-bob => 4:11 children.a.user: only a directory service knows 'ldap-bob'; give the number
            group: ldap-staff => 4:12 children.a.group: only a directory service knows 'ldap-staff'; give the number
            user: [root] => 4:11 children.a.user: expected a single value, but here is a list
            user: ${NOBODY_SET} => 4:11 children.a.user: the variable NOBODY_SET is not set
            group: nogruop => 4:12 children.a.group: this host has no group named 'nogruop'. Did you mean 'nogroup'?
            group: 99999999999 => 4:12 children.a.group: '99999999999' must be a name, or a number from 0 to 4294967294
            group: => 4:11 children.a.group: expected a single value, but here is nothing
            umask: 1000 => 4:12 children.a.umask: '1000' must be from 0 to 0777, in octal
            umask: "028" => 4:12 children.a.umask: '028' is not a umask; expected an octal number, as in 027
            umask: -1 => 4:12 children.a.umask: '-1' is not a umask
            umask: u=rwx => 4:12 children.a.umask: 'u=rwx' is not a umask
            umask: {a: b} => 4:12 children.a.umask: expected a single value, but here is keys with values
            nice: -21 => 4:11 children.a.nice: '-21' must be from -20 to 19
            nice: 20 => 4:11 children.a.nice: '20' must be from -20 to 19
            nice: very => 4:11 children.a.nice: 'very' is not a whole number
            nice: 0.5 => 4:11 children.a.nice: '0.5' is not a whole number
            oomScoreAdjust: -1001 => 4:21 children.a.oomScoreAdjust: '-1001' must be from -1000 to 1000
            oomScoreAdjust: 1001 => 4:21 children.a.oomScoreAdjust: '1001' must be from -1000 to 1000
            oomScoreAdjust: never => 4:21 children.a.oomScoreAdjust: 'never' is not a whole number
            oomscore: 5 => 4:5 children.a.oomscore: unknown key; expected
            limits: 5 => 4:13 children.a.limits: expected names with limits, but here is a single value
            limits: {nofile: 5} => 4:14 children.a.limits.nofile: here it is 'openFiles'
            limits: {openfile: 5} => 4:14 children.a.limits.openfile: unknown key; expected openFiles, processes, core, memory, data, stack, fileSize, lockedMemory, cpu or pendingSignals. Did you mean 'openFiles'?
            limits: {openFiles: 1048577} => 4:25 children.a.limits.openFiles: '1048577' must be at most 1048576, which is /proc/sys/fs/nr_open
            limits: {openFiles: unlimited} => 4:25 children.a.limits.openFiles: 'unlimited' must be at most 1048576
            limits: {openFiles: {soft: 1, hard: 1048577}} => 4:41 children.a.limits.openFiles.hard: '1048577' must be at most 1048576
            limits: {openFiles: unlimted} => 4:25 children.a.limits.openFiles: 'unlimted' is not a limit; expected a whole number or unlimited. Did you mean 'unlimited'?
            limits: {core: {soft: 2MiB, hard: 1MiB}} => 4:27 children.a.limits.core.soft: '2MiB' must be at most the hard limit, '1MiB'
            limits: {core: {soft: unlimited, hard: 5}} => 4:27 children.a.limits.core.soft: 'unlimited' must be at most the hard limit, '5'
            limits: {core: {soft: 1}} => 4:20 children.a.limits.core: 'hard' must be given
            limits: {core: {hard: 1}} => 4:20 children.a.limits.core: 'soft' must be given
            limits: {core: {soft: 1, hard: 1, max: 1}} => 4:39 children.a.limits.core.max: unknown key; expected soft or hard.
            limits: {cpu: 1500ms} => 4:19 children.a.limits.cpu: '1500ms' is not a limit; expected a time in whole seconds
            ready: notfy => 4:12 children.a.ready: unknown value 'notfy'; expected notify or {fd: …}. Did you mean 'notify'?
            ready: => 4:11 children.a.ready: expected notify or {fd: …}, but here is nothing
            ready: [notify] => 4:12 children.a.ready: expected notify or {fd: …}, but here is a list
            ready: {} => 4:12 children.a.ready: 'fd' must be given, the number of a descriptor
            ready: {fd: 2} => 4:17 children.a.ready.fd: '2' must be from 3 to 255
            ready: {fd: 256} => 4:17 children.a.ready.fd: '256' must be from 3 to 255
            ready: {fd: three} => 4:17 children.a.ready.fd: 'three' is not a whole number
            ready: {fd: 3, fdd: 4} => 4:20 children.a.ready.fdd: unknown key; expected fd. Did you mean 'fd'?
            ready: {fd: 3, notify: true} => 4:20 children.a.ready.notify: write it without a key: 'ready: notify'
            cgroup: yes => 4:13 children.a.cgroup: 'yes' is not true or false
            output: prefixed => 4:13 children.a.output: unknown value 'prefixed'; expected prefix, inherit, file, {file: …} or {logger: …}. Did you mean 'prefix'?
            output: [file] => 4:13 children.a.output: expected prefix, inherit, file, {file: …} or {logger: …}, but here is a list
            output: {} => 4:13 children.a.output: 'file' or 'logger' must be given
            output: {file: x, logger: b} => 4:13 children.a.output: it has 'file' and 'logger'; only one of them can be
            output: {path: x, file: {}} => 4:14 children.a.output.path: it belongs to the file: {file: {path: …}}
            output: {fiel: {}, file: {}} => 4:14 children.a.output.fiel: unknown key; expected file or logger. Did you mean 'file'?
            output: {file: } => 4:19 children.a.output.file: expected the path of a file, or keys with values, but here is nothing
            output: {file: "a\\0b"} => 4:20 children.a.output.file: it cannot be the path of a file
            output: {file: logs/} => 4:20 children.a.output.file: it cannot be the path of a file
            output: {file: /dev/null} => 4:20 children.a.output.file: '/dev/null' is there, and is not a regular file
            output: {file: {path: /}} => 4:27 children.a.output.file.path: it cannot be the path of a file
            output: {file: {path: [x]}} => 4:27 children.a.output.file.path: expected a single value, but here is a list
            output: {file: {maxSize: 4095}} => 4:30 children.a.output.file.maxSize: '4095' must be at least 4KiB
            output: {file: {maxSize: 10MB}} => 4:30 children.a.output.file.maxSize: '10MB' is not a size
            output: {file: {maxAge: 0s}} => 4:29 children.a.output.file.maxAge: '0s' must be longer than zero
            output: {file: {maxAge: daily}} => 4:29 children.a.output.file.maxAge: 'daily' is not a duration
            output: {file: {keep: -1}} => 4:27 children.a.output.file.keep: '-1' must be from 0 to 1000
            output: {file: {keep: 1001}} => 4:27 children.a.output.file.keep: '1001' must be from 0 to 1000
            output: {file: {keep: all}} => 4:27 children.a.output.file.keep: 'all' is not a whole number
            output: {file: {whenFull: wait}} => 4:31 children.a.output.file.whenFull: unknown value 'wait'; expected block or drop.
            output: {file: {maxsize: 1MiB}} => 4:21 children.a.output.file.maxsize: unknown key; expected path, maxSize, maxAge, keep or whenFull. Did you mean 'maxSize'?
            whenFull: drop => 4:5 children.a.whenFull: it belongs to the file: 'output: {file: {whenFull: …}}'
            stop: {command: []} => 4:21 children.a.stop.command: a command needs at least the name of a program
            stop: {command: {x: y}} => 4:21 children.a.stop.command: expected a list of words, or one text, but here is keys with values
            stop: {command: "x 'y"} => 4:21 children.a.stop.command: the quote ' is not closed in the command
            stop: {command: ["a\\0"]} => 4:21 children.a.stop.command: a command cannot hold the character 0
            stop: {command: [x], shell: true} => 4:21 children.a.stop.command: expected one text for 'shell: true', but here is a list
            stop: {command: ["${NOBODY_SET}"]} => 4:22 children.a.stop.command[0]: the variable NOBODY_SET is not set
            stop: {shell: true} => 4:19 children.a.stop.shell: there is no 'command' beside it
            stop: {comand: [x]} => 4:12 children.a.stop.comand: unknown key; expected timeout, command, shell, signal or killGroup. Did you mean 'command'?
            env_file: x => 4:5 children.a.env_file: here it is 'environmentFile'
            """)
    void f1EachKeyOfAProcessOutOfRangeUnknownOrOfTheWrongTypeHasItsPlaceAndItsWords(
            String line,
            String problem) {
        assertThat(refusal(Hosts.root(), line)).startsWith("upkeep.yaml: 1 problem\n  " + problem);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiterString = " => ", textBlock = """
            user: postgres => 4:11 children.a.user: 'postgres' needs a supervisor that runs as root, and this one runs as 'alice'
            user: 0 => 4:11 children.a.user: '0' needs a supervisor that runs as root
            user: alcie => 4:11 children.a.user: this host has no user named 'alcie'. Did you mean 'alice'?
            group: tty => 4:12 children.a.group: 'tty' needs a supervisor that runs as root
            nice: 2 => 4:11 children.a.nice: '2' must be at least 3 unless the supervisor runs as root, and this one runs as 'alice'
            oomScoreAdjust: -1 => 4:21 children.a.oomScoreAdjust: '-1' must be at least 0 unless the supervisor runs as root
            limits: {openFiles: 4097} => 4:25 children.a.limits.openFiles: '4097' must be at most 4096, the supervisor's own hard limit, unless the supervisor runs as root, and this one runs as 'alice'
            limits: {memory: unlimited} => 4:22 children.a.limits.memory: 'unlimited' must be at most 4GiB, the supervisor's own hard limit
            limits: {cpu: {soft: 1, hard: 61m}} => 4:35 children.a.limits.cpu.hard: '61m' must be at most 3600, the supervisor's own
            """)
    void f1WhatNeedsRootIsToldToAnybodyElse(String line, String problem) {
        assertThat(refusal(Hosts.alice(), line)).startsWith("upkeep.yaml: 1 problem\n  " + problem);
        assertThat(new Reader().on(Hosts.root()).refusal(HEAD + line + "\n    quux: 1\n"))
                .as("root may do all of it, but not be who is not there")
                .startsWith("upkeep.yaml: "
                        + (problem.contains("this host has no") ? "2 problems" : "1 problem"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiterString = " => ", textBlock = """
            group: tty => 4:12 children.a.group: 'tty' needs a supervisor that runs as root, and this one runs as 'root' without that capability
            nice: -1 => 4:11 children.a.nice: '-1' must be at least 0 unless the supervisor runs as root, and this one runs as 'root' without
            oomScoreAdjust: -6 => 4:21 children.a.oomScoreAdjust: '-6' must be at least -5 unless the supervisor runs as root, and
            limits: {openFiles: 4097} => 4:25 children.a.limits.openFiles: '4097' must be at most 4096, the supervisor's own hard limit, unless
            """)
    void f1ARootThatMayNotDoItIsTold(String line, String problem) {
        assertThat(refusal(Hosts.container(), line)).startsWith("upkeep.yaml: 1 problem\n  " + problem);
        assertThat(refusal(Hosts.container(),
                "user: postgres\n    oomScoreAdjust: -5\n    nice: 0\n    quux: 1"))
                .startsWith("upkeep.yaml: 1 problem\n  7:5");
    }

    static Stream<ResourceLimit> limits() {
        return Arrays.stream(ResourceLimit.values());
    }

    @ParameterizedTest
    @MethodSource("limits")
    void f1EveryLimitOfAnotherTypeIsToldWithItsPlaceAndWhatIsAllowed(ResourceLimit limit) {
        String expected = switch (limit.unit()) {
            case COUNT -> "a whole number or unlimited.";
            case BYTES -> SIZE;
            case SECONDS -> "a time in whole seconds, as in 10s or 10, or unlimited.";
        };
        for (String wrong : new String[]{"-1", "some", "1.5", "10MB", "99999999999999999999"}) {
            assertThat(refusal(Hosts.root(), "limits: {" + limit.key() + ": " + wrong + "}"))
                    .isEqualTo("upkeep.yaml: 1 problem\n  4:" + (16 + limit.key().length())
                            + " children.a.limits." + limit.key() + ": '" + wrong
                            + "' is not a limit; expected " + expected);
        }
        assertThat(refusal(Hosts.root(), "limits: {" + limit.key() + ": [1]}"))
                .endsWith(limit.key() + ": expected a single value, but here is a list");
    }

    @ParameterizedTest
    @EnumSource(ChildReader.Kind.class)
    void aKeyOfProcessesIsToldToBeOneEverywhereElse(ChildReader.Kind kind) {
        if (kind == ChildReader.Kind.PROCESS) {
            return;
        }
        String own = kind == ChildReader.Kind.COMPONENT
                ? "component: dev.upkeep.config.TestTypes$Extract"
                : "children: {}";
        for (String key : ProcessReader.KEYS.subList(1, ProcessReader.KEYS.size())) {
            assertThat(new Reader().refusal("children: {a: {" + own + ", " + key + ": 1}}\n"))
                    .startsWith("upkeep.yaml: 1 problem\n")
                    .contains("children.a." + key + ": only for processes, and this is one of the "
                            + kind.plural());
        }
    }

    @Test
    void f1EverythingThatIsWrongWithSeveralProcessesIsToldAtOnce() {
        String refusal = new Reader().refusal("""
                defaults:
                  nice: 40
                children:
                  db:
                    command: [db]
                    user: postgers
                    limits: {openFiles: many, core: {soft: 2, hard: 1}}
                    stop: {command: "'"}
                  web:
                    command: [web]
                    ready: {fd: 1}
                    output: {logger: lgo}
                    umask: 9
                  log: {command: [log], output: {file: {keep: 5000, maxSize: 1}}}
                """);

        assertThat(refusal).isEqualTo("""
                upkeep.yaml: 10 problems
                  2:9   defaults.nice: '40' must be from -20 to 19
                  6:11  children.db.user: this host has no user named 'postgers'. Did you mean 'postgres'?
                  7:25  children.db.limits.openFiles: 'many' is not a limit; expected a whole number or unlimited.
                  7:44  children.db.limits.core.soft: '2' must be at most the hard limit, '1'
                  8:21  children.db.stop.command: the quote ' is not closed in the command
                  11:17 children.web.ready.fd: '1' must be from 3 to 255
                  12:22 children.web.output.logger: no sibling has the id 'lgo'. Did you mean 'log'?
                  13:12 children.web.umask: '9' is not a umask; expected an octal number, as in 027
                  14:47 children.log.output.file.keep: '5000' must be from 0 to 1000
                  14:62 children.log.output.file.maxSize: '1' must be at least 4KiB""");
    }

    @Test
    void f2NoMessageGuessesAtWhatAVariableHolds() {
        assertThat(new Reader().with("WHO", "postgers").with("WHAT", "notfy").refusal("""
                children: {a: {command: [x], user: "${WHO}", ready: "${WHAT}", output: "${WHAT}",
                               limits: {cpu: "${WHAT}"}, umask: "${WHAT}"}}
                """)).contains("upkeep.yaml: 5 problems", "'${WHO}'", "'${WHAT}'")
                .doesNotContain("postgres", "notfy", "Did you mean");
    }

    @Test
    void twoChildrenDoNotWriteToOneFile() {
        assertThat(new Reader().refusal("""
                children:
                  a: {command: [x], output: {file: logs/x.log}}
                  b: {command: [x], output: {file: {path: ./logs/../logs/x.log}}}
                  c: {command: [x], replicas: 100, output: {file: "c.log"}}
                  d: {children: {a: {command: [x], output: {file: "${name}.log"}}}}
                  e: {children: {a: {command: [x], output: {file: "${name}.log"}}}}
                  f: {command: [x], replicas: 2, output: {file: "f-${index}.log"}}
                  g: {command: [x], output: {file: f-1.log.6}}
                  h: {command: [x], output: {file: f-1.log.5}}
                  i: {command: [x], output: {file: i.log.2}}
                  j: {command: [x], output: {file: {path: i.log, keep: 1}}}
                  k: {command: [x], output: {file: k.log.1}}
                  l: {command: [x], output: {file: {path: k.log, keep: 1}}}
                """)).isEqualTo(
                """
                upkeep.yaml: 5 problems
                  3:43  children.b.output.file.path: 'shop/a' writes to this file, too;\
                 ${name}, ${index} or ${path} in it makes it one for each
                  4:51  children.c.output.file: 'shop/c-0' writes to this file, too;\
                 ${name}, ${index} or ${path} in it makes it one for each
                  6:51  children.e.children.a.output.file: 'shop/d/a' writes to this file, too;\
                 ${name}, ${index} or ${path} in it makes it one for each
                  9:36  children.h.output.file: a file of 'shop/f-1' and a full one of the other would have one name
                  13:43 children.l.output.file.path: a file of 'shop/k' and a full one of the other would have one name""");
    }

    @Test
    void f1ACommandOfReplicasIsRefusedOnceAndForOneReason() {
        assertThat(new Reader().refusal("""
                children:
                  a: {command: "${NOBODY_SET}", replicas: 3}
                  b: {command: ["${NOBODY_SET}"], replicas: 3}
                  c: {command: " ", shell: true, replicas: 3}
                """)).isEqualTo("""
                upkeep.yaml: 3 problems
                  2:16 children.a.command: the variable NOBODY_SET is not set; set it, or write ${NOBODY_SET:-default}.
                  3:17 children.b.command[0]: the variable NOBODY_SET is not set; set it, or write ${NOBODY_SET:-default}.
                  4:16 children.c.command: there is nothing for the shell to run""");
    }

    @Test
    void f1ALoggerByDefaultIsRefusedOnceHoweverManySupervisorsInheritIt() {
        assertThat(new Reader().refusal("""
                defaults: {output: {logger: log}}
                children:
                  a: {children: {x: {command: [x]}, y: {command: [y], nice: 77}}}
                  b: {children: {x: {command: [x], nice: 78}}}
                """)).isEqualTo("""
                upkeep.yaml: 3 problems
                  1:29 defaults.output.logger: no sibling has the id 'log'.
                  3:61 children.a.children.y.nice: '77' must be from -20 to 19
                  4:42 children.b.children.x.nice: '78' must be from -20 to 19""");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiterString = " => ", quoteCharacter = '`', textBlock = """
            a: {command: [x], output: {logger: a}} => 1:47 children.a.output.logger: a child cannot be its own logger
            a: {command: [x], output: {logger: b}} => 1:47 children.a.output.logger: no sibling has the id 'b'.
            a: {command: [x], output: {logger: a/b}} => 1:47 children.a.output.logger: no sibling has the id 'a/b'.
            a: {command: [x], output: {logger: b}}, b: {children: {}} => 1:47 children.a.output.logger: 'b' is one of the supervisors, and a logger must be a process
            a: {command: [x], output: {logger: b}}, b: {component: dev.upkeep.config.TestTypes$Extract} => 1:47 children.a.output.logger: 'b' is one of the components, and a logger must be a process
            a: {command: [x], output: {logger: b}}, b: {command: [x], replicas: 2} => 1:47 children.a.output.logger: 'b' is a pool, and a logger must be a single process; one of it is 'b-0'
            a: {children: {c: {command: [x], output: {logger: b}}}}, b: {command: [x]} => 1:62 children.a.children.c.output.logger: no sibling has the id 'b'.
            a: {command: [x], output: {logger: b}}, b: {command: [x], output: {logger: a}} => 1:38 children.a.output: the output would go round in a circle: a to b to a
            z: {command: [x], output: {logger: a}}, a: {command: [x], output: {logger: b}}, b: {command: [x], output: {logger: a}} => 1:78 children.a.output: the output would go round in a circle: a to b to a
            a: {command: [x], output: {logger: b}}, b: {command: [x], after: [a]} => 1:38 children.a.output: these wait for each other, for ever: a after b after a; a child starts after its logger
            a: {command: [x], after: {b: started}, output: {logger: b}}, b: {command: [x], after: [a]} => 1:37 children.a.after: these wait for each other, for ever: a after b after a
            a: {command: [x], output: {logger: }} => 1:46 children.a.output.logger: expected a single value, but here is nothing
            """)
    void f1ALoggerThatCannotBeOneIsToldWithItsPlace(String children, String problem) {
        assertThat(new Reader().refusal("children: {" + children + "}\n"))
                .isEqualTo("upkeep.yaml: 1 problem\n  " + problem);
    }
}
