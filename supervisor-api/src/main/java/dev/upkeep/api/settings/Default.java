package dev.upkeep.api.settings;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The value a component of a settings record has when the configuration does not name it, written as in
 * the configuration: {@code @Default("10s")}. A component with neither a default nor the type
 * {@link java.util.Optional} is required.
 */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Default {
    /** Returns the default as a person would write it. */
    String value();
}
