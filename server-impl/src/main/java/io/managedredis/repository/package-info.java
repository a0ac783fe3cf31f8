/**
 * Sealed storage of backups: a folder with one compressed and, with a keyring, encrypted file per
 * shard and a manifest that says all about them. A backup exists from the moment its manifest is
 * durable until the moment its manifest is gone.
 */
@NullMarked
package io.managedredis.repository;

import org.jspecify.annotations.NullMarked;
