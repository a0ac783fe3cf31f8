/** Tests of long-running operations, all on a real catalogue. */
@NullMarked
package io.managedredis.operation;

import org.jspecify.annotations.NullMarked;
