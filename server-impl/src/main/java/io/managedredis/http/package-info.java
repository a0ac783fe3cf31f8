/**
 * The REST face: resources behind the generated interfaces, filters, error mapping, and the HTTP
 * server with the pages beside the API. Wire models stay in here.
 */
@NullMarked
package io.managedredis.http;

import org.jspecify.annotations.NullMarked;
