/** Topologies of real servers, and what their answers say. */
@NullMarked
package io.managedredis.cluster;

import org.jspecify.annotations.NullMarked;
