package io.managedredis.access;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens of an OpenID Connect issuer are taken.
 *
 * @param issuer the issuer, as {@code iss} has it
 * @param audience what {@code aud} has to contain
 * @param jwksUri where the issuer's keys are; null to ask its discovery document
 * @param caFile certificates that the issuer's server may have; null for those that the JDK trusts
 * @param subjectClaim the claim that names the caller
 * @param rolesClaim the claim that holds the caller's roles on folders; dots lead into objects
 * @param algorithms the signatures that are taken, by their JWA names; asymmetric ones only
 * @param clockTolerance how far the issuer's clock may be off, up to 5 minutes
 */
public record JwtSettings(
    String issuer,
    String audience,
    @Nullable URI jwksUri,
    @Nullable Path caFile,
    String subjectClaim,
    String rolesClaim,
    List<String> algorithms,
    Duration clockTolerance) {

  /** Copies the list. */
  public JwtSettings {
    algorithms = List.copyOf(algorithms);
  }
}
