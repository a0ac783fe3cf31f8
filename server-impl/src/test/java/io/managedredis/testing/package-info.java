/** What tests of several packages need: real servers, and links and peers that misbehave. */
@NullMarked
package io.managedredis.testing;

import org.jspecify.annotations.NullMarked;
