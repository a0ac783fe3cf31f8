package io.managedredis.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.KeyConverter;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.IOException;
import java.security.Key;
import java.text.ParseException;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the signed tokens of an OpenID Connect issuer (RFC 7519, with the advice of RFC 8725 and
 * RFC 9068).
 *
 * <p>Nothing in a token says where its key is or how it is checked: the algorithm has to be one of
 * the settings', the key one of the issuer's, which the key id only picks; addresses, keys and
 * certificates in the header are not looked at.
 */
public final class JwtVerifier implements CredentialVerifier {

  private static final Logger LOG = LoggerFactory.getLogger(JwtVerifier.class);

  private static final int MOST_CHARACTERS = 8 << 10;

  /** Three parts in base64url without padding (RFC 7515, section 7.1); nimbus takes more. */
  private static final Pattern COMPACT =
      Pattern.compile("[-_a-zA-Z0-9]++\\.[-_a-zA-Z0-9]++\\.[-_a-zA-Z0-9]++");

  /** Tokens of other kinds, such as those that log a user out, are signed by the same keys. */
  private static final Set<JOSEObjectType> TYPES =
      Set.of(
          JOSEObjectType.JWT,
          new JOSEObjectType("at+jwt"),
          new JOSEObjectType("application/at+jwt"));

  private final JwtSettings settings;
  private final Set<JWSAlgorithm> algorithms;
  private final IssuerKeys keys;
  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

  /**
   * A verifier that begins to fetch the issuer's keys, and does not wait for them.
   *
   * @throws IOException when the file of certificates can't be read
   */
  public static JwtVerifier of(JwtSettings settings) throws IOException {
    IssuerHttp http = new IssuerHttp(settings.caFile(), IssuerHttp.LONGEST);
    return new JwtVerifier(settings, http, IssuerKeys.Times.USUAL, Clock.systemUTC());
  }

  JwtVerifier(JwtSettings settings, IssuerHttp http, IssuerKeys.Times times, Clock clock) {
    this.settings = settings;
    algorithms =
        settings.algorithms().stream()
            .map(JWSAlgorithm::parse)
            .filter(JWSAlgorithm.Family.SIGNATURE::contains)
            .collect(Collectors.toUnmodifiableSet());
    processor.setJWSTypeVerifier((type, context) -> requireType(type));
    processor.setJWTClaimsSetAwareJWSKeySelector((header, claims, context) -> keys(header, claims));
    processor.setJWTClaimsSetVerifier(claimsVerifier(settings, clock));
    keys =
        new IssuerKeys(
            settings.issuer(),
            new IssuerDocuments(settings.issuer(), settings.jwksUri(), http),
            times);
  }

  private static DefaultJWTClaimsVerifier<SecurityContext> claimsVerifier(
      JwtSettings settings, Clock clock) {
    JWTClaimsSet exact = new JWTClaimsSet.Builder().issuer(settings.issuer()).build();
    DefaultJWTClaimsVerifier<SecurityContext> verifier =
        new DefaultJWTClaimsVerifier<>(settings.audience(), exact, Set.of("exp")) {
          @Override
          protected Date currentTime() {
            return Date.from(clock.instant());
          }
        };
    verifier.setMaxClockSkew((int) settings.clockTolerance().toSeconds());
    return verifier;
  }

  @Override
  public Optional<Caller> caller(String token) {
    if (token.length() > MOST_CHARACTERS || !COMPACT.matcher(token).matches()) {
      return refused("it is no signed JWT of at most 8 KiB");
    }
    JWTClaimsSet claims;
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      requireNothingSpecial(jwt.getHeader());
      claims = processor.process(jwt, null);
    } catch (BadJOSEException | JOSEException e) {
      return refused(String.valueOf(e.getMessage()));
    } catch (ParseException | RuntimeException e) {
      // Their messages may have parts of the token in them.
      return refused("it can't be read, " + e.getClass().getSimpleName());
    }
    Object subject = claims.getClaim(settings.subjectClaim());
    if (!(subject instanceof String name) || !Caller.isSubject(name)) {
      return refused(
          "its claim "
              + settings.subjectClaim()
              + " is not of 1 to 256 visible characters with blanks between them");
    }
    Optional<List<Grant>> grants = ClaimedGrants.of(claims.getClaims(), settings.rolesClaim());
    if (grants.isEmpty()) {
      return refused("it has more than " + ClaimedGrants.MOST + " roles on folders");
    }
    return Optional.of(new Caller(name, grants.get()));
  }

  @Override
  public boolean answersPromptly() {
    // The issuer may have to be asked for its keys.
    return false;
  }

  @Override
  public void close() {
    keys.close();
  }

  /** What a token's writer wants to be understood, is not; what changes its reading, neither. */
  private static void requireNothingSpecial(JWSHeader header) throws BadJWTException {
    if (header.getCriticalParams() != null) {
      throw new BadJWTException("its header has crit");
    }
    if (!header.isBase64URLEncodePayload()) {
      throw new BadJWTException("its header has b64");
    }
    if (header.getContentType() != null) {
      throw new BadJWTException("its header has cty, so another token may be inside");
    }
  }

  private static void requireType(JOSEObjectType type) throws BadJWTException {
    if (type != null && !TYPES.contains(type)) {
      throw new BadJWTException("its type is neither JWT nor at+jwt");
    }
  }

  /** The keys that may have signed; another issuer's token is not worth a question to ours. */
  private List<? extends Key> keys(JWSHeader header, JWTClaimsSet claims) {
    JWSAlgorithm algorithm = header.getAlgorithm();
    JWKMatcher fits = JWKMatcher.forJWSHeader(header);
    if (fits == null
        || !algorithms.contains(algorithm)
        || !settings.issuer().equals(claims.getIssuer())) {
      return List.of();
    }
    JWKMatcher.Builder exactly = new JWKMatcher.Builder(fits).nonRevokedOnly(true);
    if (JWSAlgorithm.Family.EC.contains(algorithm)) {
      exactly.curves(Curve.forJWSAlgorithm(algorithm));
    }
    List<JWK> found = keys.find(new JWKSelector(exactly.build()));
    return KeyConverter.toJavaKeys(found);
  }

  private static Optional<Caller> refused(String reason) {
    LOG.debug("A token is refused: {}", reason);
    return Optional.empty();
  }
}
