package io.managedredis.http;

import io.managedredis.access.Caller;
import io.managedredis.access.CredentialVerifier;
import io.managedredis.operation.StatusCode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds out who makes a call. */
final class Authentication {

  /** What an answer of 401 asks for: RFC 6750, section 3, without a word on what was wrong. */
  static final String CHALLENGE = "Bearer realm=\"managed-redis\"";

  /** RFC 6750, section 2.1; longer ones than anybody gives out are not even looked at. */
  private static final Pattern BEARER =
      Pattern.compile("[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/-]{1,8192}=*)");

  private final List<CredentialVerifier> verifiers;

  /** Asks each verifier in turn; without any, everybody is {@link Caller#ANONYMOUS}. */
  Authentication(List<CredentialVerifier> verifiers) {
    this.verifiers = List.copyOf(verifiers);
  }

  /** Whether callers have to say who they are. */
  boolean isRequired() {
    return !verifiers.isEmpty();
  }

  /**
   * The caller.
   *
   * @param authorization the values of the header Authorization
   * @throws ApiException 401 when nobody, or not just one, is told credibly
   */
  Caller caller(List<String> authorization) {
    if (!isRequired()) {
      return Caller.ANONYMOUS;
    }
    if (authorization.size() == 1) {
      Matcher bearer = BEARER.matcher(authorization.get(0));
      if (bearer.matches()) {
        for (CredentialVerifier verifier : verifiers) {
          Optional<Caller> caller = verifier.caller(bearer.group(1));
          if (caller.isPresent()) {
            return caller.get();
          }
        }
      }
    }
    throw ApiException.of(
        StatusCode.UNAUTHENTICATED,
        "This call needs a valid token. Send it as: Authorization: Bearer <token>");
  }
}
