package dev.upkeep.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;

/** The way to speak sd_notify(3) to whatever started this process. Never waits. Safe for any thread, but not after its close. */
public final class NotifySender implements AutoCloseable {
    private final UnixAddress address;
    private final int socket;

    private NotifySender(UnixAddress address, int socket) {
        this.address = address;
        this.socket = socket;
    }

    /**
     * Makes ready to send; nothing is sent.
     *
     * @param address what {@code NOTIFY_SOCKET} says: a path, or a name of no file with {@code @} before it
     * @throws IOException if that cannot be: the address is none, the host has no room, native access is denied
     */
    public static NotifySender to(String address) throws IOException {
        if (!address.startsWith("/") && !address.startsWith("@")) {
            throw new IOException("'" + address + "' is neither a path nor a name that begins with @");
        }
        try {
            return new NotifySender(UnixAddress.of(Arena.ofAuto(), address), Datagram.sendingSocket());
        } catch (CallFailed | UnsupportedOperationException | LinkageError | IllegalCallerException e) {
            throw new IOException("'" + address + "' cannot be spoken to: " + e.getMessage(), e);
        }
    }

    /**
     * Says something.
     *
     * @return whether it was taken; false if there was no room for it just now
     * @throws IOException if it will not be better the next time; names the errno
     */
    public boolean send(String words) throws IOException {
        int result = Datagram.send(socket, words.getBytes(StandardCharsets.UTF_8), address);
        if (result >= 0) {
            return true;
        }
        if (Errno.isShortage("sendto", -result) || result == -Errno.EINTR || result == -Errno.ENOBUFS) {
            return false;
        }
        throw new IOException("sendto: " + Errno.name(-result));
    }

    @Override
    public void close() {
        Kernel.close(socket);
    }
}
