/** What {@code bench/api.sh} runs: catalogues by formula, clients that measure, and the report. */
@NullMarked
package io.managedredis.bench;

import org.jspecify.annotations.NullMarked;
