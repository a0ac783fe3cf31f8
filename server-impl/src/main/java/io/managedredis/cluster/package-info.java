/**
 * The declared clusters, and what their nodes say: which shards there are, which node of a shard to
 * read from, and which slots belong to whom.
 */
@NullMarked
package io.managedredis.cluster;

import org.jspecify.annotations.NullMarked;
