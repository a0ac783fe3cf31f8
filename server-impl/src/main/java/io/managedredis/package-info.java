/** The command line, and the one place where the parts are put together. */
@NullMarked
package io.managedredis;

import org.jspecify.annotations.NullMarked;
