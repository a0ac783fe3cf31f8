/** Tests of the RDB format. */
@NullMarked
package io.managedredis.rdb;

import org.jspecify.annotations.NullMarked;
