/**
 * The replication client: takes the bytes of a snapshot from one node over the network, as they
 * are, and says where they end and what was proven about them.
 */
@NullMarked
package io.managedredis.capture;

import org.jspecify.annotations.NullMarked;
