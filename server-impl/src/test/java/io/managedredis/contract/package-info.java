/** The contract as such: how it may change, and what may be said in it. */
@NullMarked
package io.managedredis.contract;

import org.jspecify.annotations.NullMarked;
