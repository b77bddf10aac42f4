package dev.upkeep.process;

/**
 * Why a process could not be started.
 *
 * @param call the step that failed: {@code "posix_spawn"}, {@code "chdir"}, {@code "pipe2"}
 * @param errno the name of the error: {@code "ENOENT"}
 * @param reason a sentence for a person, naming the file
 * @param hostShortage whether the host lacks something (EAGAIN, ENOMEM, EMFILE, ENFILE) and the child is not to blame
 *         (P3)
 */
public record StartRefusal(String call, String errno, String reason, boolean hostShortage) {
    static StartRefusal of(String call, int errno, String reason) {
        return new StartRefusal(call, Errno.name(errno), reason, Errno.isShortage(call, errno));
    }

    /** Returns it in one line, for a person. */
    String inWords() {
        return errno + ": " + reason + " (" + call + ")";
    }
}
