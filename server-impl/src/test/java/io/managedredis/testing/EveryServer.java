package io.managedredis.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A test that runs once for every {@link ServerVersion}, its only parameter. The ones that are not
 * here are reported as skipped, by name. The Maven profile {@code servers} runs these tests alone.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Tag("servers")
@ParameterizedTest
@EnumSource(ServerVersion.class)
public @interface EveryServer {}
