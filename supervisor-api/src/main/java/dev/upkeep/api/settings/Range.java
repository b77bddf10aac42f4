package dev.upkeep.api.settings;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The values that a component of a settings record accepts, both ends included. Numbers are compared as they
 * are, a {@link java.time.Duration} in seconds, a {@link ByteSize} in bytes.
 */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Range {
    /** Returns the least value allowed. */
    double min() default Double.NEGATIVE_INFINITY;

    /** Returns the greatest value allowed. */
    double max() default Double.POSITIVE_INFINITY;

    /** Returns whether {@link #min()} itself is refused, as for a duration that must be longer than zero. */
    boolean exclusiveMin() default false;
}
