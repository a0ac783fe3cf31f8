/** What the README's first command runs: the packaged service beside a Redis to try it on. */
@NullMarked
package io.managedredis.demo;

import org.jspecify.annotations.NullMarked;
