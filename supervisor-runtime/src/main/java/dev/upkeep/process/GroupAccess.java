package dev.upkeep.process;

/** How the process group of a child is reached, without ever reaching a group that got the same number later. */
enum GroupAccess {
    /**
     * Since Linux 6.9 a pidfd stands for the group too, also after its leader was reaped: no number is looked up, so
     * none can be mistaken.
     */
    BY_PIDFD {
        @Override
        long signal(int pidfd, long pid, boolean leaderReaped, int signal) {
            return Kernel.signalGroupOf(pidfd, signal);
        }
    },

    /**
     * By number. While the leader is a zombie the number is taken. After it was reaped the kernel still does not give
     * the number out as long as one process has it as its group or session (alloc_pid takes free numbers only, and
     * free_pid comes with the last user of any type). So if a process with that very number exists, the group was empty
     * in between and this is a stranger.
     */
    BY_NUMBER {
        @Override
        long signal(int pidfd, long pid, boolean leaderReaped, int signal) {
            if (leaderReaped && Kernel.kill(pid, 0) != -Errno.ESRCH) {
                return -Errno.ESRCH;
            }
            return Kernel.kill(-pid, signal);
        }
    };

    /** Returns 0, or an error below zero: {@code -ESRCH} if the group has no member left. */
    abstract long signal(int pidfd, long pid, boolean leaderReaped, int signal);

    static GroupAccess ofThisKernel() {
        return Kernel.pidfdsSignalGroups() ? BY_PIDFD : BY_NUMBER;
    }
}
