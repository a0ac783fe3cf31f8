/** Who is calling, and what they may do in which folder. */
@NullMarked
package io.managedredis.access;

import org.jspecify.annotations.NullMarked;
