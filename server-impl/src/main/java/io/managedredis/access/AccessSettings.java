package io.managedredis.access;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Who may call, and where that is put on record.
 *
 * @param tokensFile the file of tokens; null without one
 * @param jwt an issuer whose tokens are taken; null without one
 * @param openMetrics whether {@code /metrics} asks nobody who they are
 */
public record AccessSettings(
    @Nullable Path tokensFile,
    @Nullable JwtSettings jwt,
    boolean openMetrics,
    AuditSettings audit) {

  /** Whether callers have to say who they are. */
  public boolean required() {
    return tokensFile != null || jwt != null;
  }
}
