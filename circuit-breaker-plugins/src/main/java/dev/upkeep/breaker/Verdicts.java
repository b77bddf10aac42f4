package dev.upkeep.breaker;

import dev.upkeep.api.breaker.Classification.Outcome;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a failure with a throwable counts as, by the names of its class and of the classes above that (C5).
 *
 * @param ignore names that count nowhere; they go before the others
 * @param failOn names that are failures, everything else then being a success; all are, if empty
 */
record Verdicts(List<String> ignore, List<String> failOn) {
    private static final Pattern CLASS_NAME = Pattern
            .compile("\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*"
                    + "(\\.\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*)*");

    Verdicts {
        ignore = classNames("ignore", ignore);
        failOn = classNames("failOn", failOn);
    }

    private static List<String> classNames(String setting, List<String> names) {
        for (String name : names) {
            if (!CLASS_NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(setting
                        + " must hold names of exception classes, as java.io.IOException, but holds '" + name
                        + "'");
            }
        }
        return List.copyOf(names);
    }

    /** @param thrown null where a result was the failure, which no name speaks of */
    Outcome of(@Nullable Throwable thrown) {
        if (thrown == null || ignore.isEmpty() && failOn.isEmpty()) {
            return Outcome.FAILURE;
        } else if (names(ignore, thrown)) {
            return Outcome.IGNORED;
        }
        return failOn.isEmpty() || names(failOn, thrown) ? Outcome.FAILURE : Outcome.SUCCESS;
    }

    private static boolean names(List<String> names, Throwable thrown) {
        Class<?> type = thrown.getClass();
        while (type != null) {
            if (names.contains(type.getName())) {
                return true;
            }
            type = type.getSuperclass();
        }
        return false;
    }
}
