package dev.upkeep.state;

import dev.upkeep.api.child.ChildPath;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;

/**
 * Who holds a state directory.
 *
 * @param name of the tree's root
 * @param since when it took the directory
 */
public record Holder(String name, long pid, Instant since) {
    String toText() {
        return "name=" + name + "\npid=" + pid + "\nsince=" + since + "\n";
    }

    /** Reads what a holder wrote; nothing if that is not what the text is. */
    static Optional<Holder> parse(String text) {
        Properties fields = new Properties();
        text.lines()
                .map(line -> line.split("=", 2))
                .filter(field -> field.length == 2)
                .forEach(field -> fields.setProperty(field[0], field[1]));
        String name = fields.getProperty("name", "");
        try {
            return Optional.of(new Holder(name, Long.parseLong(fields.getProperty("pid", "")),
                    Instant.parse(fields.getProperty("since", ""))))
                    // Shown to a person: nothing that could move a cursor.
                    .filter(holder -> ChildPath.isId(name) && holder.pid() > 0);
        } catch (NumberFormatException | DateTimeException e) {
            return Optional.empty();
        }
    }
}
