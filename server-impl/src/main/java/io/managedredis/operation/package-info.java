/** Long-running operations: start, progress, persist, and what becomes of them after a crash. */
@NullMarked
package io.managedredis.operation;

import org.jspecify.annotations.NullMarked;
