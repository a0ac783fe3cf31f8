/** The one configuration file: reading it, and saying all that is wrong with it at once. */
@NullMarked
package io.managedredis.config;

import org.jspecify.annotations.NullMarked;
