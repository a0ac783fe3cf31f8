package io.managedredis.catalog;

import java.time.Instant;

/**
 * Where a list goes on: the last item of the page before. Lists are ordered by {@code createdAt},
 * newest first, then by {@code id} ascending, byte by byte.
 *
 * @param createdAt of that item; any instant, since a token may come from outside
 * @param id of that item, which need not exist any more
 */
public record Position(Instant createdAt, String id) {}
