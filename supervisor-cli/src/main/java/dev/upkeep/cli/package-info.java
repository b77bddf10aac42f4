/** The verbs of bin/upkeep to a running supervisor. */
@NullMarked
package dev.upkeep.cli;

import org.jspecify.annotations.NullMarked;
