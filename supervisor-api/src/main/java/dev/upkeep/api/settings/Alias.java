package dev.upkeep.api.settings;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Another key under which configuration may give a component of a settings record: the name that people bring along from
 * elsewhere (C10). Both keys at once are an error.
 */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Alias {
    /** Returns the other key. */
    String value();

    /** Returns whether what stands under the other key is a percentage: {@code 50} there is {@code 0.5} here. */
    boolean percent() default false;
}
