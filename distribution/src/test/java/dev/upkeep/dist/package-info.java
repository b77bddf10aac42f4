/** Takes the tarball as a person would: unpacks it, and uses what is inside from the outside only. */
@NullMarked
package dev.upkeep.dist;

import org.jspecify.annotations.NullMarked;
