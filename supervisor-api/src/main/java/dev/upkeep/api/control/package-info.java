/** Where a running supervisor is found: what its control server and its clients have to agree on. */
@NullMarked
package dev.upkeep.api.control;

import org.jspecify.annotations.NullMarked;
