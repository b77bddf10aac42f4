package dev.upkeep.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration file is not valid. The message is for a person as it stands: all problems, each with its place. */
public final class ConfigurationException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /** @param problems those of one file behind each other */
    ConfigurationException(List<Problem> problems) {
        super(text(problems));
        this.problems = List.copyOf(problems);
    }

    /** Returns every problem in the order of the lines, those of the file that was read before those of the ones it names. */
    public List<Problem> problems() {
        return problems;
    }

    private static String text(List<Problem> problems) {
        return problems.stream()
                .collect(Collectors.groupingBy(Problem::file, LinkedHashMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .map(e -> text(e.getKey(), e.getValue()))
                .collect(Collectors.joining("\n"));
    }

    private static String text(String file, List<Problem> problems) {
        int width = problems.stream().mapToInt(p -> place(p).length()).max().orElse(0);
        String remark = "\n" + " ".repeat(width + 3);
        return problems.stream()
                .map(p -> "  " + place(p) + " ".repeat(width - place(p).length() + 1)
                        + (p.path().isEmpty() ? "" : p.path() + ": ") + p.message().replace("\n", remark))
                .collect(Collectors.joining("\n", file + ": " + problems.size()
                        + (problems.size() == 1 ? " problem\n" : " problems\n"), ""));
    }

    private static String place(Problem problem) {
        return problem.line() + ":" + problem.column();
    }
}
