/**
 * {@code upkeep.yaml} to specs, with every problem of the file told at once. No other package reads YAML or binds
 * settings. Door: {@link dev.upkeep.config.ConfigurationReader}.
 */
@NullMarked
package dev.upkeep.config;

import org.jspecify.annotations.NullMarked;
