package dev.upkeep.control;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import jdk.net.ExtendedSocketOptions;

/** Lets in only the user the supervisor runs as, and root: asked of the kernel, beside the modes of the files (O1). */
record PeerCheck(Set<UserPrincipal> welcome) {
    /** Returns the check for the user who owns a file that this process has just made. */
    static PeerCheck forOwnerOf(Path file) throws IOException {
        // Looked up by number: an account named root may be missing, uid 0 never is.
        UserPrincipal root = file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("0");
        UserPrincipal owner = Files.getOwner(file);
        return new PeerCheck(owner.equals(root) ? Set.of(root) : Set.of(root, owner));
    }

    boolean admits(SocketChannel channel) throws IOException {
        return welcome.contains(channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user());
    }
}
