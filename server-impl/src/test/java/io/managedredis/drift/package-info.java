/**
 * Proof that the contract's tests bite: drifts from the contract, generated from the contract, are
 * let into the server one by one, and the suite has to notice each.
 */
@NullMarked
package io.managedredis.drift;

import org.jspecify.annotations.NullMarked;
