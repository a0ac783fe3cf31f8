/** Handshakes, allowed and refused, with certificates of our own making. */
@NullMarked
package io.managedredis.tls;

import org.jspecify.annotations.NullMarked;
