/** Tests of the replication client. */
@NullMarked
package io.managedredis.capture;

import org.jspecify.annotations.NullMarked;
