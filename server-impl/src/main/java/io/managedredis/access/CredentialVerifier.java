package io.managedredis.access;

import java.util.Optional;

/** Tells who a bearer token belongs to. Safe for use by many threads. */
public interface CredentialVerifier extends AutoCloseable {

  /**
   * The caller that a token belongs to; empty when it is none of this verifier's, no longer valid,
   * or can't be checked now. Why is nobody's business but the log's, which never gets the token.
   *
   * @param token what stood behind {@code Bearer}; whatever a stranger wrote
   */
  Optional<Caller> caller(String token);

  /** Whether it answers without waiting for anybody: for a disk, or for another server. */
  boolean answersPromptly();

  @Override
  void close();
}
