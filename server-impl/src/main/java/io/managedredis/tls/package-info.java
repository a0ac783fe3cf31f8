/** TLS from PEM files: towards the nodes of clusters, and of this server. */
@NullMarked
package io.managedredis.tls;

import org.jspecify.annotations.NullMarked;
