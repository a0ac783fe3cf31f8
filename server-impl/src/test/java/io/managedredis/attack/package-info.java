/**
 * Attacks, each by name, and what came of it: by callers, by hostile Redis nodes, and by somebody
 * who may write into the repository. The threat model in README.md says which class shows what.
 */
@NullMarked
package io.managedredis.attack;

import org.jspecify.annotations.NullMarked;
