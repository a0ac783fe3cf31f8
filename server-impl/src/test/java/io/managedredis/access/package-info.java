/** Tests of who gets in, and of those who try to. */
@NullMarked
package io.managedredis.access;

import org.jspecify.annotations.NullMarked;
