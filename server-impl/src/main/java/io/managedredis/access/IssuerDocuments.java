package io.managedredis.access;

import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.net.URI;
import java.net.URISyntaxException;
import java.text.ParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The documents of an issuer: where its keys are (OpenID Connect Discovery 1.0, section 4) and the
 * keys (RFC 7517). Not for use by several threads at once.
 */
final class IssuerDocuments {

  /** More keys than any issuer has at a time; a token without a key id may cost a try with each. */
  private static final int MOST_KEYS = 100;

  private static final int LEAST_RSA_BITS = 2048;
  private static final int MOST_RSA_BITS = 8192;
  private static final int MOST_EXPONENT_BITS = 64;
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final String issuer;
  private final @Nullable URI configured;
  private final IssuerHttp http;
  private @Nullable URI discovered;

  /**
   * @param configured where the keys are; null to ask the issuer
   */
  IssuerDocuments(String issuer, @Nullable URI configured, IssuerHttp http) {
    this.issuer = issuer;
    this.configured = configured;
    this.http = http;
  }

  /**
   * The issuer's public keys, as they are now, but for those that no signature may come from: of
   * another use, symmetric, or RSA of an unsafe length.
   *
   * @throws IssuerException when they can't be had
   */
  JWKSet keys() throws IssuerException, InterruptedException {
    URI address = configured != null ? configured : discovered();
    try {
      return parse(address, http.get(address));
    } catch (IssuerException e) {
      // They may have moved; the next time asks again.
      discovered = null;
      throw e;
    }
  }

  private URI discovered() throws IssuerException, InterruptedException {
    if (discovered == null) {
      discovered = discover();
    }
    return discovered;
  }

  private URI discover() throws IssuerException, InterruptedException {
    String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    URI address = URI.create(base + "/.well-known/openid-configuration");
    String text = http.get(address);
    String jwksUri;
    try {
      Map<String, Object> document = JSONObjectUtils.parse(text);
      if (!issuer.equals(JSONObjectUtils.getString(document, "issuer"))) {
        throw new IssuerException(
            address + " is of another issuer than auth.jwt.issuer; they have to be equal");
      }
      jwksUri = JSONObjectUtils.getString(document, "jwks_uri");
    } catch (ParseException e) {
      throw new IssuerException(address + " is no OpenID Connect configuration", e);
    }
    if (jwksUri == null) {
      throw new IssuerException(address + " names no jwks_uri");
    }
    return safe(address, jwksUri);
  }

  /** Whoever can change the keys on their way here can sign everything. */
  private static URI safe(URI document, String jwksUri) throws IssuerException {
    try {
      URI uri = new URI(jwksUri);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if (uri.getHost() != null
          && uri.getUserInfo() == null
          && (scheme.equals("https")
              || (scheme.equals("http") && LOOPBACK.contains(uri.getHost())))) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw new IssuerException(document + " names a jwks_uri that is no URI", e);
    }
    throw new IssuerException(
        document + " names a jwks_uri that is no https address (http is for this host only)");
  }

  private static JWKSet parse(URI address, String text) throws IssuerException {
    List<JWK> keys;
    try {
      keys = JWKSet.parse(text).getKeys();
    } catch (ParseException | RuntimeException e) {
      throw new IssuerException(address + " holds no JSON Web Key Set", e);
    }
    if (keys.size() > MOST_KEYS) {
      throw new IssuerException(
          address + " holds " + keys.size() + " keys, more than " + MOST_KEYS);
    }
    return new JWKSet(
        keys.stream().filter(IssuerDocuments::mayVerify).map(JWK::toPublicJWK).toList());
  }

  private static boolean mayVerify(JWK key) {
    Set<KeyOperation> operations = key.getKeyOperations();
    if (!(key instanceof AsymmetricJWK)
        || (operations != null && !operations.contains(KeyOperation.VERIFY))) {
      return false;
    }
    return !(key instanceof RSAKey rsa)
        || (rsa.size() >= LEAST_RSA_BITS
            && rsa.size() <= MOST_RSA_BITS
            && rsa.getPublicExponent().decodeToBigInteger().bitLength() <= MOST_EXPONENT_BITS);
  }
}
