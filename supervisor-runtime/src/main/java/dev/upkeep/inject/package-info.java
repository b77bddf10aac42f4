/**
 * Puts the runtime together: by hand for an embedding program, as Guice modules for a Guice application and for the
 * daemon. The only package of the runtime that knows Guice.
 */
@NullMarked
package dev.upkeep.inject;

import org.jspecify.annotations.NullMarked;
