/** Configuration files, right and wrong. */
@NullMarked
package io.managedredis.config;

import org.jspecify.annotations.NullMarked;
