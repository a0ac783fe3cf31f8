/**
 * Taking and deleting a backup, and putting things right after a crash: the one place that orders
 * the steps of capture, repository and catalogue.
 */
@NullMarked
package io.managedredis.backup;

import org.jspecify.annotations.NullMarked;
