package io.managedredis.catalog;

import org.jspecify.annotations.Nullable;

/**
 * A page of documents.
 *
 * @param joined the documents in the order of the list, with {@code ,} between them; nobody else's,
 *     so it is not copied
 * @param count how many they are, 0 or more
 * @param next where the next page starts, null when there is none
 */
@SuppressWarnings("ArrayRecordComponent") // Two of them are never compared.
public record DocumentPage(byte[] joined, int count, @Nullable Position next) {}
