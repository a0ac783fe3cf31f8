/** Backups of real servers, and what interruptions leave of them. */
@NullMarked
package io.managedredis.backup;

import org.jspecify.annotations.NullMarked;
