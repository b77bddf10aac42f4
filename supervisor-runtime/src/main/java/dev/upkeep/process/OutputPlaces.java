package dev.upkeep.process;

import dev.upkeep.api.OutputRule;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.supervise.InstanceId;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where the output of a tree's processes goes.
 *
 * @param lines makes what takes an instance's lines; called on the loop
 * @param logs the directory for the files of those that name none: {@code <path of the child>.log}
 * @param loggers the pipes to those that are loggers of others
 */
public record OutputPlaces(Function<InstanceId, OutputSink> lines, Path logs, LoggerPipes loggers) {
    Routes routes(ChildPath child, ProcessSpec spec) {
        return new Routes(logs.resolve(child.shortValue() + ".log"), to(child, spec.output()),
                loggers.of(child));
    }

    private @Nullable LoggerPipe to(ChildPath child, OutputRule rule) {
        return rule instanceof OutputRule.Logger(String sibling)
                ? child.parent().map(above -> loggers.to(above.child(sibling))).orElse(null)
                : null;
    }
}
