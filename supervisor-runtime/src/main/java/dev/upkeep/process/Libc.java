package dev.upkeep.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.BitSet;
import java.util.List;

/**
 * The way into the C library, in two shapes only: each further shape costs about 10 ms at start. Loading this class
 * fails with a {@link LinkageError} or {@link IllegalCallerException} where native access is denied and on other systems.
 *
 * <p>A call that can block belongs on a platform thread: it holds its carrier.
 */
@SuppressWarnings("restricted") // The whole point of this class; see Processes.forThisHost for hosts that deny it.
final class Libc {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout ERRNO_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = ERRNO_STATE
            .varHandle(MemoryLayout.PathElement.groupElement("errno"));

    /** {@code long syscall(7 longs)}, with its errno. */
    private static final MethodHandle SYSCALL = LINKER.downcallHandle(
            symbol("syscall"),
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.captureCallState("errno"));

    /** {@code int f(6 longs)} for the posix_spawn family; arguments a function does not have are ignored by it. */
    private static final MethodHandle FUNCTION = LINKER.downcallHandle(
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                    JAVA_LONG));

    private static final MemorySegment POSIX_SPAWN = symbol("posix_spawn");
    private static final MemorySegment ACTIONS_INIT = symbol("posix_spawn_file_actions_init");
    private static final MemorySegment ACTIONS_DESTROY = symbol("posix_spawn_file_actions_destroy");
    private static final MemorySegment ADD_DUP2 = symbol("posix_spawn_file_actions_adddup2");
    private static final MemorySegment ADD_CHDIR = symbol("posix_spawn_file_actions_addchdir_np");
    private static final MemorySegment ADD_CLOSE = symbol("posix_spawn_file_actions_addclose");
    private static final MemorySegment ADD_CLOSEFROM = symbol("posix_spawn_file_actions_addclosefrom_np");
    private static final MemorySegment ATTR_INIT = symbol("posix_spawnattr_init");
    private static final MemorySegment ATTR_SETFLAGS = symbol("posix_spawnattr_setflags");
    private static final MemorySegment ATTR_SETSIGMASK = symbol("posix_spawnattr_setsigmask");
    private static final MemorySegment ATTR_SETSIGDEFAULT = symbol("posix_spawnattr_setsigdefault");

    private static final int SIZEOF_FILE_ACTIONS = 80;
    private static final int SIZEOF_ATTR = 336;
    private static final int SIZEOF_SIGSET = 128;
    private static final int SETSIGDEF = 4;
    private static final int SETSIGMASK = 8;
    private static final int SETSID = 0x80;

    private Libc() {}

    private static MemorySegment symbol(String name) {
        return LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsupportedOperationException("the C library has no " + name));
    }

    /** Makes a system call; returns its result, or the error's number below zero as the kernel does. */
    static long syscall(long number, long a, long b, long c, long d, long e, long f) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(ERRNO_STATE);
            long result = (long) SYSCALL.invokeExact(state, number, a, b, c, d, e, f);
            return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
        } catch (RuntimeException | Error e1) {
            throw e1;
        } catch (Throwable e1) {
            throw new IllegalStateException("a system call threw", e1);
        }
    }

    private static int function(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        try {
            return (int) FUNCTION.invokeExact(function, a, b, c, d, e, f);
        } catch (RuntimeException | Error e1) {
            throw e1;
        } catch (Throwable e1) {
            throw new IllegalStateException("a function of the C library threw", e1);
        }
    }

    private static void must(String call, int errno) throws CallFailed {
        if (errno != 0) {
            throw new CallFailed(call, errno);
        }
    }

    /**
     * Returns what all children have in common: an own session (pid = pgid = sid), no signal blocked, none ignored.
     * Lives as long as the arena.
     */
    static MemorySegment spawnAttributes(Arena arena) throws CallFailed {
        MemorySegment attributes = arena.allocate(SIZEOF_ATTR, 8);
        MemorySegment none = arena.allocate(SIZEOF_SIGSET, 8);
        // sigfillset() leaves out 32 and 33, which the JVM ignores: fill every bit by hand.
        MemorySegment all = arena.allocate(SIZEOF_SIGSET, 8).fill((byte) 0xff);
        must("posix_spawnattr_init", function(ATTR_INIT, attributes.address(), 0, 0, 0, 0, 0));
        int flags = SETSIGDEF | SETSIGMASK | SETSID;
        must("posix_spawnattr_setflags", function(ATTR_SETFLAGS, attributes.address(), flags, 0, 0, 0, 0));
        must("posix_spawnattr_setsigmask",
                function(ATTR_SETSIGMASK, attributes.address(), none.address(), 0, 0, 0, 0));
        must(
                "posix_spawnattr_setsigdefault",
                function(ATTR_SETSIGDEFAULT, attributes.address(), all.address(), 0, 0, 0, 0));
        return attributes;
    }

    /** A descriptor of this process that a child has under another number. */
    record Mapped(int ours, int theirs) {}

    /**
     * Starts a program in a working directory with these descriptors and no others.
     *
     * @param descriptors none of ours has a number that is one of theirs, but for the same one; in any order
     * @return its pid
     * @throws CallFailed with call {@code posix_spawn} also where the exec or the chdir in the child failed
     */
    static int spawn(Arena arena, MemorySegment attributes, SpawnImage image, List<Mapped> descriptors)
            throws CallFailed {
        MemorySegment actions = arena.allocate(SIZEOF_FILE_ACTIONS, 8);
        must("posix_spawn_file_actions_init", function(ACTIONS_INIT, actions.address(), 0, 0, 0, 0, 0));
        try {
            BitSet theirs = new BitSet();
            for (Mapped each : descriptors) {
                must("posix_spawn_file_actions_adddup2",
                        function(ADD_DUP2, actions.address(), each.ours, each.theirs, 0, 0, 0));
                theirs.set(each.theirs);
            }
            MemorySegment directory = image.workingDirectory();
            if (directory != null) {
                must(
                        "posix_spawn_file_actions_addchdir_np",
                        function(ADD_CHDIR, actions.address(), directory.address(), 0, 0, 0, 0));
            }
            // Files, sockets and pipes of the JDK are not close-on-exec.
            for (int gap = theirs.nextClearBit(0); gap < theirs.length(); gap = theirs
                    .nextClearBit(gap + 1)) {
                must("posix_spawn_file_actions_addclose",
                        function(ADD_CLOSE, actions.address(), gap, 0, 0, 0, 0));
            }
            must(
                    "posix_spawn_file_actions_addclosefrom_np",
                    function(ADD_CLOSEFROM, actions.address(), theirs.length(), 0, 0, 0, 0));
            MemorySegment pid = arena.allocate(JAVA_INT);
            must(
                    "posix_spawn",
                    function(
                            POSIX_SPAWN,
                            pid.address(),
                            image.program().address(),
                            actions.address(),
                            attributes.address(),
                            image.arguments().address(),
                            image.environment().address()));
            return pid.get(JAVA_INT, 0);
        } finally {
            int _ = function(ACTIONS_DESTROY, actions.address(), 0, 0, 0, 0, 0);
        }
    }

    /** Returns the text with a NUL behind it. */
    static MemorySegment string(Arena arena, byte[] text) {
        MemorySegment copy = arena.allocate(text.length + 1L);
        MemorySegment.copy(text, 0, copy, JAVA_BYTE, 0, text.length);
        return copy;
    }

    /** Returns a {@code char *[]} that ends with NULL, texts and all in one block. */
    static MemorySegment strings(Arena arena, Iterable<byte[]> texts) {
        long pointers = 1;
        long characters = 0;
        for (byte[] text : texts) {
            pointers++;
            characters += text.length + 1L;
        }
        MemorySegment block = arena.allocate(pointers * ADDRESS.byteSize() + characters, 8);
        long pointer = 0;
        long at = pointers * ADDRESS.byteSize();
        for (byte[] text : texts) {
            block.set(JAVA_LONG, pointer, block.address() + at);
            MemorySegment.copy(text, 0, block, JAVA_BYTE, at, text.length);
            pointer += ADDRESS.byteSize();
            at += text.length + 1L;
        }
        return block;
    }
}
