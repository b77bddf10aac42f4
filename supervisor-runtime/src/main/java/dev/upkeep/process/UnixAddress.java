package dev.upkeep.process;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** The name of a Unix socket as the kernel takes it: a path, or with {@code @} before it a name of no file. */
record UnixAddress(MemorySegment bytes, int length) {
    static final int AF_UNIX = 1;
    private static final int PATH = 2;
    private static final int SUN_PATH = 108;

    /** @throws CallFailed with ENAMETOOLONG if it has more than 107 bytes, EINVAL if it has none */
    static UnixAddress of(Arena arena, String name) throws CallFailed {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        if (text.length >= SUN_PATH) {
            throw new CallFailed("bind", Errno.ENAMETOOLONG);
        }
        if (text.length == 0) {
            throw new CallFailed("bind", Errno.EINVAL);
        }
        boolean isAbstract = text[0] == '@';
        if (isAbstract) {
            text[0] = 0;
        }
        MemorySegment bytes = arena.allocate(PATH + SUN_PATH, 8);
        bytes.set(JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(text, 0, bytes, JAVA_BYTE, PATH, text.length);
        // The end of a name of no file is where its length says.
        return new UnixAddress(bytes, PATH + text.length + (isAbstract ? 0 : 1));
    }
}
