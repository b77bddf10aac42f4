/** What very many periodic checks cost, and how late they are. */
@NullMarked
package dev.upkeep.bench.checks;

import org.jspecify.annotations.NullMarked;
