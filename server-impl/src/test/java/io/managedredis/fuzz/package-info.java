/** Requests made from the contract: right ones, and ones that are wrong in exactly one way. */
@NullMarked
package io.managedredis.fuzz;

import org.jspecify.annotations.NullMarked;
