/** What the generated client must hold to: its options exist, and its models lose nothing. */
@NullMarked
package io.managedredis.client;

import org.jspecify.annotations.NullMarked;
