package dev.upkeep.config;

import dev.upkeep.api.TreeSpec;
import java.util.Set;

/**
 * A valid configuration.
 *
 * @param tree what it describes
 * @param secrets the values that came out of {@code ${file:…}}: no view, log or answer may show them (F2)
 */
public record Configuration(TreeSpec tree, Set<String> secrets) {
    public Configuration {
        secrets = Set.copyOf(secrets);
    }

    /** Returns the text with every secret in it replaced by {@code ***}. */
    public String masked(String text) {
        return Problems.mask(text, secrets);
    }

    /** Names the tree alone: its records hold secrets. */
    @Override
    public String toString() {
        return "configuration of " + tree.name();
    }
}
