/** The hand-written client against a server that says what a test makes it say. */
@NullMarked
package io.managedredis.client.sdk;

import org.jspecify.annotations.NullMarked;
