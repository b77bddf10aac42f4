package dev.upkeep.api.settings;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;

/** Marks a {@link Duration} component that also takes the word {@code forever}, bound to {@link #FOREVER}. */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface AllowForever {
    /** Longer than anything that is waited for. */
    Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);
}
