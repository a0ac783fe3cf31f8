/**
 * The client to program against, written by hand over the generated models: typed errors, timeouts,
 * retries of what is safe to retry, lists as streams, waiting with progress, proven downloads. It
 * starts at {@link io.managedredis.client.sdk.ManagedRedis}.
 */
@NullMarked
package io.managedredis.client.sdk;

import org.jspecify.annotations.NullMarked;
