package dev.upkeep.plugin;

import java.util.Optional;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The version of the plugin API that a jar asks for in its manifest, checked before one of its classes loads. */
record ApiVersion(int major, int minor) {
    static final String ATTRIBUTE = "Upkeep-Api";
    static final ApiVersion CURRENT = new ApiVersion(0, 1);

    private static final Pattern FORM = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})(?:[.-].*)?");

    /** Returns why a jar with that manifest cannot be used, or nothing. One that names no version is taken. */
    static Optional<LoadProblem.Reason> refusal(Manifest manifest) {
        String asked = manifest.getMainAttributes().getValue(ATTRIBUTE);
        if (asked == null) {
            return Optional.empty();
        }
        Matcher matcher = FORM.matcher(asked.trim());
        if (!matcher.matches()) {
            return Optional.of(new LoadProblem.Reason(
                    "its manifest says '" + ATTRIBUTE + ": " + asked + "', which is not a version",
                    "write a version as in '" + ATTRIBUTE + ": " + CURRENT + "'"));
        }
        ApiVersion wanted = new ApiVersion(Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)));
        if (wanted.major == CURRENT.major && wanted.minor <= CURRENT.minor) {
            return Optional.empty();
        }
        return Optional.of(new LoadProblem.Reason("it needs plugin API " + wanted + ", this is " + CURRENT,
                "take a build of it for plugin API " + CURRENT));
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
