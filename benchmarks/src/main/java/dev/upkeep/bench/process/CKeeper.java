package dev.upkeep.bench.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code keeper.c}: the least that a supervisor of this design costs. */
record CKeeper(Path program) implements Keeper {
    @Override
    public String name() {
        return "C";
    }

    @Override
    public List<List<String>> prepare(Path directory, int children, List<String> command, boolean logged) {
        List<String> words = new ArrayList<>(List.of(program.toString(), Integer.toString(children)));
        if (logged) {
            words.add(directory.resolve("log").toString());
        }
        words.add("--");
        words.addAll(command);
        return List.of(words);
    }

    @Override
    public boolean stopsOnTerm() {
        return true;
    }
}
