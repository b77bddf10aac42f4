/**
 * What an embedding program writes: specs, the builder, the handle of a running tree, and components.
 *
 * <p>The words are those of Erlang/OTP's {@code supervisor} manual where it has them. Everything here is
 * immutable and safe to share between threads, unless its type says otherwise.
 */
@NullMarked
package dev.upkeep.api;

import org.jspecify.annotations.NullMarked;
