package dev.upkeep.plugin;

import java.util.Optional;

/**
 * Something that should have been loaded and was not. Never keeps anything else from loading (X3).
 *
 * @param source the jar or directory, as a person finds it
 * @param reason why, as the second half of "… was not loaded: "
 * @param advice what to do about it
 * @param kind what it would have been, where that is known
 */
public record LoadProblem(String source, String reason, String advice, Optional<PluginKind> kind) {
    static LoadProblem of(String source, Reason reason, Optional<PluginKind> kind) {
        return new LoadProblem(source, reason.text(), reason.advice(), kind);
    }

    /** Returns it as one line. */
    public String text() {
        return source + " was not loaded: " + reason + "; " + advice;
    }

    /** Why, and what to do about it. */
    record Reason(String text, String advice) {}
}
