/** How a settings record tells its documentation, defaults and ranges to the binder, the schema and the reference. */
@NullMarked
package dev.upkeep.api.settings;

import org.jspecify.annotations.NullMarked;
