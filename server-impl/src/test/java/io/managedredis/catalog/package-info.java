/** Tests of the catalogue, all against real files. */
@NullMarked
package io.managedredis.catalog;

import org.jspecify.annotations.NullMarked;
