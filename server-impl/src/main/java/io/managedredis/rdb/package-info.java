/** The RDB format: its checksum and what its first bytes say. */
@NullMarked
package io.managedredis.rdb;

import org.jspecify.annotations.NullMarked;
