/** Clients in other languages, run against the packaged server; what they print is judged here. */
@NullMarked
package io.managedredis.languages;

import org.jspecify.annotations.NullMarked;
