/** Built-in restart strategies and back-offs. */
@NullMarked
package dev.upkeep.restart;

import org.jspecify.annotations.NullMarked;
