/**
 * A server process that stops before each of its durable steps and does what a test says: go on,
 * hang until it is killed, or meet a broken disk. The product has no part in it.
 */
@NullMarked
package io.managedredis.crash;

import org.jspecify.annotations.NullMarked;
