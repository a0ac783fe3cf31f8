/**
 * The SQL catalogue of backups and operations: an index that can be rebuilt, and its migrations.
 */
@NullMarked
package io.managedredis.catalog;

import org.jspecify.annotations.NullMarked;
