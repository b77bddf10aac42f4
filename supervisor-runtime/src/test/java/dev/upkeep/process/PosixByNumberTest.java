package dev.upkeep.process;

/** Kernels before 6.9, where a pidfd does not stand for a group. */
class PosixByNumberTest extends PosixProcessesTest {
    @Override
    Processes open() {
        return new PosixProcesses(GroupAccess.BY_NUMBER);
    }
}
