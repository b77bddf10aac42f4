/**
 * The local API: HTTP and JSON on a Unix-domain socket in the state directory, for {@code bin/upkeep} and for
 * {@code curl --unix-socket}. It reads snapshots and asks the tree's handle; supervision never waits for a client.
 */
@NullMarked
package dev.upkeep.control;

import org.jspecify.annotations.NullMarked;
