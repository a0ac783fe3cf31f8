/** The RDB format: what its first bytes say, its checksum, and what is in a file. */
@NullMarked
package io.managedredis.rdb;

import org.jspecify.annotations.NullMarked;
