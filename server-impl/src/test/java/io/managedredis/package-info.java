/** The house as a whole: its arrows, and the packaged server as a process. */
@NullMarked
package io.managedredis;

import org.jspecify.annotations.NullMarked;
