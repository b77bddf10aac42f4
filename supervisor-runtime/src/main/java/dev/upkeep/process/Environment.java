package dev.upkeep.process;

import dev.upkeep.api.ProcessSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The variables of a child, each {@code NAME=value}, as bytes: an inherited value need not be text.
 *
 * @param entries in order, no name twice
 * @param path the value of its {@code PATH}, or where programs are looked for without one
 */
record Environment(List<byte[]> entries, String path) {
    /** What execvp takes without a PATH: {@code confstr(_CS_PATH)}. */
    private static final String STANDARD_PATH = "/bin:/usr/bin";

    /** What the service manager above said to the supervisor, and to nobody below. */
    static final Set<String> OURS = Set.of("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", Kin.VARIABLE);

    /** Returns the supervisor's own variables by name, unchanged to the byte where /proc is there to read them. */
    static Map<String, byte[]> ofThisProcess() {
        Map<String, byte[]> own = new LinkedHashMap<>();
        try {
            byte[] all = Files.readAllBytes(Path.of("/proc/self/environ"));
            for (int start = 0, i = 0; i < all.length; i++) {
                if (all[i] == 0) {
                    byte[] entry = Arrays.copyOfRange(all, start, i);
                    own.putIfAbsent(name(entry), entry);
                    start = i + 1;
                }
            }
        } catch (IOException e) {
            System.getenv().forEach((name, value) -> own.put(name, bytes(name + "=" + value)));
        }
        return withoutOurs(own);
    }

    static Map<String, byte[]> withoutOurs(Map<String, byte[]> own) {
        own.keySet().removeAll(OURS);
        return own;
    }

    static Environment of(ProcessSpec spec, Map<String, byte[]> inherited) {
        return of(spec, inherited, null);
    }

    /** @param notify where it shall speak sd_notify, if it shall */
    static Environment of(ProcessSpec spec, Map<String, byte[]> inherited, @Nullable NotifyDoor notify) {
        return of(spec, inherited, notify, null);
    }

    /**
     * As above.
     *
     * @param login whose entry it runs by, if not the supervisor's
     */
    static Environment of(
            ProcessSpec spec,
            Map<String, byte[]> inherited,
            @Nullable NotifyDoor notify,
            Account.@Nullable Login login) {
        Map<String, String> own = spec.environment();
        if (login != null) {
            own = new LinkedHashMap<>(
                    Map.of("HOME", login.home(), "USER", login.name(), "LOGNAME", login.name()));
            own.putAll(spec.environment());
        }
        return merged(own, spec.inheritEnvironment() ? inherited : Map.of(), notify);
    }

    private static Environment merged(
            Map<String, String> own,
            Map<String, byte[]> inherited,
            @Nullable NotifyDoor notify) {
        List<byte[]> entries = new ArrayList<>();
        String path = own.get("PATH");
        if (!inherited.isEmpty()) {
            inherited.forEach((name, entry) -> {
                if (!own.containsKey(name)) {
                    entries.add(entry);
                }
            });
            byte[] inheritedPath = inherited.get("PATH");
            if (path == null && inheritedPath != null) {
                path = new String(inheritedPath, StandardCharsets.UTF_8).substring("PATH=".length());
            }
        }
        if (notify != null) {
            notify.variables().forEach((name, value) -> {
                if (!own.containsKey(name)) {
                    entries.add(bytes(name + "=" + value));
                }
            });
        }
        own.forEach((name, value) -> entries.add(bytes(name + "=" + value)));
        return new Environment(entries, path == null ? STANDARD_PATH : path);
    }

    /** Returns these variables and one more, instead of any of its name. */
    Environment with(String name, String value) {
        byte[] begin = bytes(name + "=");
        List<byte[]> more = new ArrayList<>(entries.size() + 1);
        for (byte[] entry : entries) {
            int same = Arrays.mismatch(entry, begin);
            if (same >= 0 && same < begin.length) {
                more.add(entry);
            }
        }
        more.add(bytes(name + "=" + value));
        return new Environment(more, path);
    }

    /** Returns these variables but for those. */
    Environment without(Set<String> names) {
        return new Environment(entries.stream().filter(entry -> !names.contains(name(entry))).toList(), path);
    }

    private static String name(byte[] entry) {
        String text = new String(entry, StandardCharsets.ISO_8859_1);
        int equals = text.indexOf('=');
        // A name beyond ASCII must equal the one a person writes, which is UTF-8.
        return equals < 0 ? text : new String(entry, 0, equals, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
