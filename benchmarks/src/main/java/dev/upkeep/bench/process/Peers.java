package dev.upkeep.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The supervisors that Debian has, told what its manuals say. */
final class Peers {
    static final String DAEMONTOOLS = "daemontools";

    /** No scan directory takes more without being told. */
    private static final int SERVICES_AT_MOST = 1000;

    private Peers() {}

    static List<Keeper> all() {
        return List.of(
                new Directories(DAEMONTOOLS, List.of("svscan", "supervise", "multilog"), List.of("svscan"),
                        "multilog s10485760 n5 ./main"),
                new Directories("runit", List.of("runsvdir", "runsv", "svlogd"), List.of("runsvdir"),
                        "svlogd ./main"),
                new Directories("s6", List.of("s6-svscan", "s6-supervise", "s6-log"), List.of("s6-svscan"),
                        "s6-log n5 s10485760 ./main"),
                new Supervisord());
    }

    private static Optional<String> missing(List<String> programs) {
        List<String> path = Arrays.asList(System.getenv().getOrDefault("PATH", "").split(":", -1));
        return programs.stream()
                .filter(program -> path.stream()
                        .noneMatch(directory -> Files
                                .isExecutable(Path.of(directory.isEmpty() ? "." : directory, program))))
                .findFirst();
    }

    /** Those that keep what they find in the directories of a directory. */
    private record Directories(String name, List<String> programs, List<String> scan,
            String logger) implements Keeper {
        @Override
        public Optional<String> missing() {
            return Peers.missing(programs);
        }

        @Override
        public List<List<String>> prepare(Path directory, int children, List<String> command, boolean logged)
                throws IOException {
            List<List<String>> commands = new ArrayList<>();
            for (int i = 0; i < children; i++) {
                // A logger is a service, too.
                Path services = directory.resolve("services-" + i / (SERVICES_AT_MOST / (logged ? 2 : 1)));
                if (Files.notExists(services)) {
                    Files.createDirectory(services);
                    List<String> words = new ArrayList<>(scan);
                    words.add(services.toString());
                    commands.add(words);
                }
                Path service = Files.createDirectory(services.resolve("child-" + i));
                script(service.resolve("run"), run(command));
                if (logged) {
                    Path log = Files.createDirectory(service.resolve("log"));
                    Files.createDirectory(log.resolve("main"));
                    if (name.equals("runit")) {
                        Files.writeString(log.resolve("main").resolve("config"), "s10485760\nn5\n");
                    }
                    script(log.resolve("run"), "#!/bin/sh\nexec " + logger + "\n");
                }
            }
            return commands;
        }

        /** Straight to the program where its arguments allow it: no shell is measured. */
        private static String run(List<String> command) {
            return command.size() == 3 && command.get(1).equals("stamp")
                    ? "#!" + command.get(0) + " stamp=" + command.get(2) + "\n"
                    : "#!/bin/sh\nexec " + String.join(" ", command) + "\n";
        }

        private static void script(Path file, String text) throws IOException {
            Files.writeString(file, text);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    /** The one in Python. */
    private record Supervisord() implements Keeper {
        @Override
        public String name() {
            return "supervisord";
        }

        @Override
        public Optional<String> missing() {
            return Peers.missing(List.of("supervisord"));
        }

        @Override
        public List<List<String>> prepare(Path directory, int children, List<String> command, boolean logged)
                throws IOException {
            Path file = directory.resolve("supervisord.conf");
            Files.writeString(file,
                    """
                    [supervisord]
                    nodaemon=true
                    user=%s
                    minfds=65536
                    logfile=%s
                    pidfile=%s
                    childlogdir=%s
                    [program:child]
                    command=%s
                    numprocs=%d
                    process_name=child-%%(process_num)d
                    autorestart=true
                    startsecs=0
                    startretries=1000000
                    stdout_logfile=%s
                    stdout_logfile_maxbytes=10MB
                    stdout_logfile_backups=5
                    stderr_logfile=NONE
                    """.formatted(System.getProperty("user.name"), directory.resolve("log"),
                            directory.resolve("pid"),
                            directory, String.join(" ", command), children,
                            logged ? directory.resolve("out").toString() : "NONE"));
            return List.of(List.of("supervisord", "-c", file.toString()));
        }
    }
}
