package io.managedredis.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens of the issuer: which are taken, and who they belong to. */
class JwtVerifierTest {

  private Issuer issuer;
  private JwtVerifier verifier;

  @BeforeEach
  void start() throws Exception {
    issuer = new Issuer();
    verifier = issuer.verifier();
  }

  @AfterEach
  void stop() {
    verifier.close();
    issuer.close();
  }

  @Test
  void aGoodTokenBelongsToItsSubjectWithItsRoles() {
    assertThat(verifier.caller(issuer.token()))
        .contains(new Caller("alice", List.of(new Grant(Role.VIEWER, "folder-1"))));
  }

  @Test
  void keysAreFoundByDiscoveryOnce() {
    assertThat(verifier.caller(issuer.token())).isPresent();
    assertThat(verifier.caller(issuer.token())).isPresent();
    assertThat(issuer.discoveries()).isEqualTo(1);
    assertThat(issuer.fetches()).isEqualTo(1);
  }

  @Test
  void configuredKeysNeedNoDiscovery() throws Exception {
    JwtSettings found = issuer.settings();
    JwtSettings given =
        new JwtSettings(
            found.issuer(),
            found.audience(),
            issuer.jwksUri(),
            null,
            "sub",
            "roles",
            found.algorithms(),
            found.clockTolerance());
    int before = issuer.discoveries();
    try (JwtVerifier other = issuer.verifier(given, Issuer.USUAL)) {
      assertThat(other.caller(issuer.token())).isPresent();
    }
    assertThat(issuer.discoveries() - before).isLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"at+jwt", "application/at+jwt", "AT+JWT", "jwt"})
  void accessTokensMayNameTheirType(String type) {
    String token =
        Issuer.signed(
            Issuer.header("RS256", "key-1").type(new JOSEObjectType(type)),
            issuer.claims(),
            issuer.key());
    assertThat(verifier.caller(token)).isPresent();
  }

  @Test
  void aTokenWithoutTypeOrKeyIdIsTakenByTheKeyThatFits() {
    String token =
        Issuer.signed(Issuer.header("RS256", null).type(null), issuer.claims(), issuer.key());
    assertThat(verifier.caller(token)).isPresent();
  }

  @ParameterizedTest
  @CsvSource({"ES256, P-256", "ES384, P-384", "ES512, P-521"})
  void ellipticCurvesAreTaken(String algorithm, String curve) throws Exception {
    JWK key = Issuer.ec(null, Curve.parse(curve));
    issuer.answersKeys(
        Issuer.set(
            issuer.key(),
            Issuer.ec("a", Curve.P_256),
            Issuer.ec("b", Curve.P_384),
            Issuer.ec("c", Curve.P_521),
            key));
    try (JwtVerifier other = issuer.verifier(issuer.settings(algorithm), Issuer.USUAL)) {
      String token = Issuer.signed(Issuer.header(algorithm, null), issuer.claims(), key);
      assertThat(other.caller(token)).isPresent();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
  void everyRsaAlgorithmWorksWhenAllowed(String algorithm) throws Exception {
    issuer.answersKeys(Issuer.set(new com.nimbusds.jose.jwk.RSAKey.Builder(issuer.key()).build()));
    try (JwtVerifier other = issuer.verifier(issuer.settings(algorithm), Issuer.USUAL)) {
      String token =
          Issuer.signed(Issuer.header(algorithm, "key-1"), issuer.claims(), issuer.key());
      assertThat(other.caller(token)).isPresent();
    }
  }

  /** Issuer's clock 30 s off at most; whole seconds, as tokens have them. */
  @ParameterizedTest
  @CsvSource({"-29, true", "-30, false", "-31, false", "0, true", "1, true"})
  void expiryHasATolerance(long secondsFromNow, boolean taken) {
    Date expiry = Date.from(Issuer.NOW.plusSeconds(secondsFromNow));
    assertThat(verifier.caller(issuer.token(issuer.claims().expirationTime(expiry))).isPresent())
        .isEqualTo(taken);
  }

  @ParameterizedTest
  @CsvSource({"29, true", "31, false", "3600, false", "0, true", "-10, true"})
  void notBeforeHasATolerance(long secondsFromNow, boolean taken) {
    Date begin = Date.from(Issuer.NOW.plusSeconds(secondsFromNow));
    assertThat(verifier.caller(issuer.token(issuer.claims().notBeforeTime(begin))).isPresent())
        .isEqualTo(taken);
  }

  @Test
  void withoutToleranceExpiryIsExact() throws Exception {
    JwtSettings usual = issuer.settings();
    JwtSettings exact =
        new JwtSettings(
            usual.issuer(),
            usual.audience(),
            null,
            null,
            "sub",
            "roles",
            usual.algorithms(),
            Duration.ZERO);
    try (JwtVerifier other = issuer.verifier(exact, Issuer.USUAL)) {
      assertThat(
              other.caller(
                  issuer.token(
                      issuer.claims().expirationTime(Date.from(Issuer.NOW.plusSeconds(1))))))
          .isPresent();
      assertThat(other.caller(issuer.token(issuer.claims().expirationTime(Date.from(Issuer.NOW)))))
          .isEmpty();
    }
  }

  @Test
  void oneOfSeveralAudiencesIsEnough() {
    assertThat(
            verifier.caller(
                issuer.token(issuer.claims().audience(List.of("other", Issuer.AUDIENCE)))))
        .isPresent();
  }

  @Test
  void aCallerWithoutRolesIsStillSomebody() {
    assertThat(verifier.caller(issuer.token(issuer.claims().claim("roles", null))))
        .contains(new Caller("alice", List.of()));
  }

  @Test
  void subjectAndRolesMayBeInOtherClaims() throws Exception {
    JwtSettings usual = issuer.settings();
    JwtSettings keycloak =
        new JwtSettings(
            usual.issuer(),
            usual.audience(),
            null,
            null,
            "preferred_username",
            "resource_access.managed-redis-backup.roles",
            usual.algorithms(),
            usual.clockTolerance());
    String token =
        issuer.token(
            issuer
                .claims()
                .claim("preferred_username", "alice.cooper")
                .claim(
                    "resource_access",
                    Map.of(
                        "managed-redis-backup",
                        Map.of("roles", List.of("uma_protection", "editor:folder-2")))));
    try (JwtVerifier other = issuer.verifier(keycloak, Issuer.USUAL)) {
      assertThat(other.caller(token))
          .contains(new Caller("alice.cooper", List.of(new Grant(Role.EDITOR, "folder-2"))));
    }
  }
}
