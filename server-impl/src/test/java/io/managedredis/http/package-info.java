/** The REST face, seen from outside: through the generated client, and on bare sockets. */
@NullMarked
package io.managedredis.http;

import org.jspecify.annotations.NullMarked;
