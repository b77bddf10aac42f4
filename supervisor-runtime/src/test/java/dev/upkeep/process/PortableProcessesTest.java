package dev.upkeep.process;

import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The contract over ProcessBuilder; the scripts of the contract need a POSIX shell. */
@DisabledOnOs(OS.WINDOWS)
class PortableProcessesTest extends ProcessesContract {
    @Override
    Processes open() {
        return new PortableProcesses();
    }
}
