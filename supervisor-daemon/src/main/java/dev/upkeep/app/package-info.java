/**
 * The daemon's entry point: {@code upkeep run}, {@code check} and {@code plugins}. The one package that sees all the
 * others; Guice assembles them here and is then out of sight.
 */
@NullMarked
package dev.upkeep.app;

import org.jspecify.annotations.NullMarked;
