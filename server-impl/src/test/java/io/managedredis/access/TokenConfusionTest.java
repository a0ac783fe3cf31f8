package io.managedredis.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSAEncrypter;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.PlainJWT;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Those who try to get in with a token that the issuer has not made for this service. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenConfusionTest {

  private static final RSAKey ATTACKERS = Issuer.rsa("key-1");

  private Issuer issuer;
  private JwtVerifier verifier;

  @BeforeAll
  void start() throws Exception {
    issuer = new Issuer();
    verifier = issuer.verifier();
    // The keys are here, so nothing below is refused only for want of them.
    assertThat(verifier.caller(issuer.token())).isPresent();
  }

  @AfterEach
  void goodTokensAreStillTaken() {
    // Nor was it refused because an attack has broken the verifier.
    assertThat(verifier.caller(issuer.token())).isPresent();
    issuer.answersKeys(Issuer.set(issuer.key()));
  }

  @AfterAll
  void stop() {
    verifier.close();
    issuer.close();
  }

  @Test
  void expired() {
    refuses(issuer.token(issuer.claims().expirationTime(Date.from(Issuer.NOW.minusSeconds(3600)))));
  }

  @Test
  void withoutExpiry() {
    refuses(issuer.token(issuer.claims().expirationTime(null)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"soon\"", "[9999999999]", "{}", "true", "\"9999999999\""})
  void expiryThatIsNoNumber(String expiry) {
    refuses(raw(payload("\"exp\":" + expiry)));
  }

  @Test
  void notYetValid() {
    refuses(issuer.token(issuer.claims().notBeforeTime(Date.from(Issuer.NOW.plusSeconds(3600)))));
  }

  @Test
  void ofAnotherIssuerWithTheSameKey() {
    refuses(issuer.token(issuer.claims().issuer("https://issuer.example.org")));
    refuses(issuer.token(issuer.claims().issuer(null)));
  }

  @Test
  void ofAnIssuerWhoseNameOnlyLooksTheSame() {
    refuses(issuer.token(issuer.claims().issuer(issuer.name() + "/")));
    refuses(issuer.token(issuer.claims().issuer(issuer.name().replace("realm", "Realm"))));
    refuses(issuer.token(issuer.claims().issuer(issuer.name() + "\u0000")));
    refuses(raw(payload("\"iss\":[\"" + issuer.name() + "\"]")));
  }

  @Test
  void forAnotherAudience() {
    refuses(issuer.token(issuer.claims().audience("another-service")));
    refuses(issuer.token(issuer.claims().audience(List.of("a", "b"))));
    refuses(issuer.token(issuer.claims().audience((String) null)));
    refuses(issuer.token(issuer.claims().audience(List.of())));
    refuses(issuer.token(issuer.claims().audience(Issuer.AUDIENCE + " other")));
  }

  @Test
  void algorithmNone() {
    refuses(new PlainJWT(issuer.claims().build()).serialize());
    refuses(new PlainJWT(issuer.claims().build()).serialize() + "c2ln");
    for (String none : List.of("none", "None", "NONE", "nOnE")) {
      String header = "{\"alg\":\"" + none + "\",\"kid\":\"key-1\",\"typ\":\"JWT\"}";
      String unsigned = base64(header) + "." + base64(issuer.claims().build().toString());
      refuses(unsigned + ".");
      refuses(unsigned + ".c2ln");
      refuses(unsigned + "." + issuer.token().replaceAll(".*\\.", ""));
    }
  }

  @Test
  void hmacWithTheBytesOfThePublicKey() throws Exception {
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.encode(issuer.key().toRSAPublicKey().getEncoded())
            + "\n-----END PUBLIC KEY-----\n";
    for (byte[] secret :
        List.of(
            issuer.key().toRSAPublicKey().getEncoded(),
            issuer.key().getModulus().decode(),
            issuer.key().toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8),
            pem.getBytes(StandardCharsets.UTF_8))) {
      JWSObject forged =
          new JWSObject(
              Issuer.header("HS256", "key-1").build(),
              new Payload(issuer.claims().build().toString()));
      forged.sign(new MACSigner(secret));
      refuses(forged.serialize());
    }
  }

  @Test
  void anAlgorithmThatIsNotAllowedWithTheRightKey() {
    for (String algorithm : List.of("RS384", "RS512", "PS256", "PS512")) {
      refuses(Issuer.signed(Issuer.header(algorithm, "key-1"), issuer.claims(), issuer.key()));
    }
  }

  @Test
  void symmetricAlgorithmsAreNotTakenEvenWhenSettingsNameThem() throws Exception {
    OctetSequenceKey secret = new OctetSequenceKey.Builder(new byte[32]).keyID("secret").build();
    issuer.answersKeys(Issuer.json("{\"keys\":[" + secret.toJSONString() + "]}"));
    try (JwtVerifier other = issuer.verifier(issuer.settings("HS256"), Issuer.USUAL)) {
      String token = Issuer.signed(Issuer.header("HS256", "secret"), issuer.claims(), secret);
      assertThat(other.caller(token)).isEmpty();
    }
  }

  @Test
  void signedWithAnotherKeyUnderTheIssuersKeyId() {
    refuses(Issuer.signed(Issuer.header("RS256", "key-1"), issuer.claims(), ATTACKERS));
    refuses(Issuer.signed(Issuer.header("RS256", null), issuer.claims(), ATTACKERS));
  }

  @Test
  void anEllipticCurveKeyUnderTheIssuersKeyId() {
    refuses(
        Issuer.signed(
            Issuer.header("ES256", "key-1"), issuer.claims(), Issuer.ec("key-1", Curve.P_256)));
  }

  @Test
  void theEmptySignatureOfAnEllipticCurve() {
    String unsigned =
        base64("{\"alg\":\"ES256\",\"kid\":\"key-1\"}")
            + "."
            + base64(issuer.claims().build().toString());
    refuses(unsigned + "." + Base64URL.encode(new byte[64]));
  }

  @Test
  void claimsChangedBehindTheSignature() {
    String[] good = issuer.token().split("\\.", -1);
    String changed = base64(issuer.claims().subject("root").build().toString());
    refuses(good[0] + "." + changed + "." + good[2]);
  }

  @Test
  void keyIdAsAPath() {
    for (String kid :
        List.of(
            "../../etc/passwd",
            "/dev/null",
            "..\\..\\windows\\win.ini",
            "key-1/../key-1",
            "key-1\u0000",
            "' OR 1=1 --",
            "$(id)",
            "\r\nX-Evil: 1",
            "")) {
      refuses(Issuer.signed(Issuer.header("RS256", kid), issuer.claims(), ATTACKERS));
      // Nor does it find the right key on a way around.
      refuses(Issuer.signed(Issuer.header("RS256", kid), issuer.claims(), issuer.key()));
    }
  }

  @Test
  void keyIdAsAnAddress() throws Exception {
    try (Issuer attacker = new Issuer()) {
      attacker.answersKeys(Issuer.set(ATTACKERS));
      refuses(
          Issuer.signed(
              Issuer.header("RS256", attacker.jwksUri().toString()), issuer.claims(), ATTACKERS));
      assertThat(attacker.requests()).isZero();
    }
  }

  @Test
  void keyIdOfTenThousandCharacters() {
    refuses(
        Issuer.signed(Issuer.header("RS256", "k".repeat(10_000)), issuer.claims(), issuer.key()));
  }

  @Test
  void keyIdThatIsNoText() {
    refuses(rawHeader("{\"alg\":\"RS256\",\"kid\":[\"key-1\"]}"));
    refuses(rawHeader("{\"alg\":\"RS256\",\"kid\":{\"kid\":\"key-1\"}}"));
  }

  @Test
  void addressesOfTheAttackersKeysInTheHeader() throws Exception {
    try (Issuer attacker = new Issuer()) {
      attacker.answersKeys(Issuer.set(ATTACKERS));
      URI keys = attacker.jwksUri();
      for (String kid : new String[] {"key-1", "key-2", null}) {
        refuses(
            Issuer.signed(Issuer.header("RS256", kid).jwkURL(keys), issuer.claims(), ATTACKERS));
        refuses(
            Issuer.signed(
                Issuer.header("RS256", kid).x509CertURL(keys), issuer.claims(), ATTACKERS));
      }
      assertThat(attacker.requests()).isZero();
    }
  }

  @Test
  void theAttackersOwnKeyInTheHeader() {
    for (String kid : new String[] {"key-1", "key-2", null}) {
      refuses(
          Issuer.signed(
              Issuer.header("RS256", kid).jwk(ATTACKERS.toPublicJWK()),
              issuer.claims(),
              ATTACKERS));
    }
  }

  @Test
  void aCertificateInTheHeader() {
    refuses(
        Issuer.signed(
            Issuer.header("RS256", "key-1").x509CertChain(List.of(new Base64("MIIB"))),
            issuer.claims(),
            ATTACKERS));
  }

  @Test
  void addressesInTheHeaderOfAGoodTokenAreNotAsked() throws Exception {
    try (Issuer attacker = new Issuer()) {
      String token =
          Issuer.signed(
              Issuer.header("RS256", "key-1")
                  .jwkURL(attacker.jwksUri())
                  .x509CertURL(attacker.jwksUri()),
              issuer.claims(),
              issuer.key());
      assertThat(verifier.caller(token)).isPresent();
      assertThat(attacker.requests()).isZero();
    }
  }

  @Test
  void criticalHeaders() {
    refuses(
        Issuer.signed(
            Issuer.header("RS256", "key-1")
                .customParam("evil", true)
                .criticalParams(Set.of("evil")),
            issuer.claims(),
            issuer.key()));
    refuses(rawHeader("{\"alg\":\"RS256\",\"kid\":\"key-1\",\"crit\":[]}"));
    refuses(rawHeader("{\"alg\":\"RS256\",\"kid\":\"key-1\",\"crit\":\"exp\"}"));
  }

  @Test
  void payloadsThatAreNotEncoded() {
    refuses(rawHeader("{\"alg\":\"RS256\",\"kid\":\"key-1\",\"b64\":false}"));
    refuses(rawHeader("{\"alg\":\"RS256\",\"kid\":\"key-1\",\"b64\":false,\"crit\":[\"b64\"]}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"logout+jwt", "JOSE", "dpop+jwt", "secevent+jwt", "id_token", ""})
  void tokensOfAnotherType(String type) {
    refuses(
        Issuer.signed(
            Issuer.header("RS256", "key-1").type(new JOSEObjectType(type)),
            issuer.claims(),
            issuer.key()));
  }

  @Test
  void encrypted() throws Exception {
    JWEObject encrypted =
        new JWEObject(
            new JWEHeader.Builder(JWEAlgorithm.RSA_OAEP_256, EncryptionMethod.A256GCM)
                .contentType("JWT")
                .build(),
            new Payload(issuer.token()));
    encrypted.encrypt(new RSAEncrypter(issuer.key().toRSAPublicKey()));
    refuses(encrypted.serialize());
  }

  @Test
  void aTokenInsideAToken() throws Exception {
    JWSHeader header = Issuer.header("RS256", "key-1").contentType("JWT").build();
    JWSObject nested = new JWSObject(header, new Payload(issuer.token()));
    nested.sign(new RSASSASigner(issuer.key()));
    refuses(nested.serialize());
    JWSObject claims = new JWSObject(header, new Payload(issuer.claims().build().toString()));
    claims.sign(new RSASSASigner(issuer.key()));
    refuses(claims.serialize());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "a.b.c.d.e",
        "e30.e30.e30",
        "bm9uc2Vuc2U.bm9uc2Vuc2U.bm9uc2Vuc2U",
        "{\"payload\":\"\",\"signatures\":[]}",
        "null",
        "W10.W10.W10",
        "\u0000.\u0000.\u0000",
        "ключ.ключ.ключ",
        "\ud800.\ud800.\ud800",
        "eyJhbGciOiJSUzI1NiJ9..e30",
        "eyJhbGciOiJSUzI1NiJ9.e30."
      })
  void nonsense(String token) {
    refuses(token);
  }

  @Test
  void whatBase64ReadersForgive() {
    String token = issuer.token();
    refuses(" " + token);
    refuses(token + "\n");
    refuses(token + "=");
    refuses(token.replace(".", " . "));
    refuses(token.replaceFirst("\\.", ".\u00e9"));
  }

  @Test
  void aHundredThousandCharacters() {
    refuses(issuer.token(issuer.claims().claim("padding", "x".repeat(100_000))));
    refuses("a".repeat(100_000));
    refuses(".".repeat(100_000));
    refuses("a.".repeat(50_000));
  }

  @Test
  void lengthEndsAtEightKibibytes() {
    String token = issuer.token(issuer.claims().claim("padding", "x".repeat(5200)));
    assertThat(token.length()).isBetween(7000, 8192);
    assertThat(verifier.caller(token)).isPresent();
    refuses(issuer.token(issuer.claims().claim("padding", "x".repeat(6000))));
  }

  @Test
  void claimsThatAreThereTwice() {
    refuses(raw(payload("\"sub\":\"root\"")));
    refuses(raw(payload("\"roles\":\"admin:*\"")));
    refuses(raw(payload("\"aud\":\"" + Issuer.AUDIENCE + "\"")));
  }

  @Test
  void headersThatAreThereTwice() {
    refuses(rawHeader("{\"alg\":\"none\",\"alg\":\"RS256\",\"kid\":\"key-1\"}"));
    refuses(rawHeader("{\"alg\":\"RS256\",\"kid\":\"x\",\"kid\":\"key-1\"}"));
  }

  @Test
  void claimsThatAreNoObject() {
    for (String claims : List.of("[]", "null", "1", "\"x\"", "{", "{}{}", "{\"a\":NaN}", "")) {
      refuses(raw(claims));
    }
  }

  @Test
  void subjectsThatAreNotVisible() {
    for (String subject :
        new String[] {
          null,
          "",
          " ",
          " a",
          "a\nb",
          "a\u0000b",
          "\u202egnp",
          "a\u200bb",
          "\ue000",
          "a\u2028b",
          "x".repeat(257)
        }) {
      refuses(issuer.token(issuer.claims().subject(subject)));
    }
    refuses(raw(without("sub", "\"sub\":[\"alice\"]")));
    assertThat(verifier.caller(issuer.token(issuer.claims().subject("x".repeat(256))))).isPresent();
  }

  @Test
  void rolesThatGoAThousandDeep() {
    for (String deep :
        List.of(
            "[".repeat(1000) + "\"admin:*\"" + "]".repeat(1000),
            "{\"*\":".repeat(500) + "\"admin\"" + "}".repeat(500))) {
      assertThat(verifier.caller(raw(without("roles", "\"roles\":" + deep))))
          .satisfiesAnyOf(
              caller -> assertThat(caller).isEmpty(),
              caller -> assertThat(caller.orElseThrow().grants()).isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "1e999", "true", "null", "[1,2]", "{\"*\":7}", "[[\"admin:*\"]]"})
  void rolesThatAreNone(String roles) {
    assertThat(verifier.caller(raw(without("roles", "\"roles\":" + roles))))
        .satisfiesAnyOf(
            caller -> assertThat(caller).isEmpty(),
            caller -> assertThat(caller.orElseThrow().grants()).isEmpty());
  }

  @Test
  void keysThatAreForSomethingElse() throws Exception {
    RSAKey key = issuer.key();
    for (RSAKey other :
        List.of(
            new RSAKey.Builder(key).keyUse(KeyUse.ENCRYPTION).build(),
            new RSAKey.Builder(key).algorithm(JWSAlgorithm.PS256).build(),
            new RSAKey.Builder(key)
                .keyUse(null)
                .keyOperations(Set.of(KeyOperation.ENCRYPT))
                .build())) {
      issuer.answersKeys(Issuer.set(other));
      try (JwtVerifier strict = issuer.verifier()) {
        assertThat(strict.caller(issuer.token())).as("%s", other.toPublicJWK()).isEmpty();
      }
    }
  }

  @Test
  void rsaKeysThatAreTooShort() throws Exception {
    // Nimbus does not sign with one, so a set says what an issuer would; any signature would do.
    java.security.KeyPairGenerator generator = java.security.KeyPairGenerator.getInstance("RSA");
    generator.initialize(1024);
    java.security.KeyPair pair = generator.generateKeyPair();
    RSAKey weak =
        new RSAKey.Builder((java.security.interfaces.RSAPublicKey) pair.getPublic())
            .keyID("weak")
            .build();
    issuer.answersKeys(Issuer.set(weak));
    String unsigned =
        base64("{\"alg\":\"RS256\",\"kid\":\"weak\"}")
            + "."
            + base64(issuer.claims().build().toString());
    java.security.Signature signature = java.security.Signature.getInstance("SHA256withRSA");
    signature.initSign(pair.getPrivate());
    signature.update(unsigned.getBytes(StandardCharsets.US_ASCII));
    try (JwtVerifier strict = issuer.verifier()) {
      assertThat(strict.caller(unsigned + "." + Base64URL.encode(signature.sign()))).isEmpty();
    }
  }

  @Test
  void refusingTakesLittleTimeWhateverComes() {
    long begin = System.nanoTime();
    for (int i = 0; i < 200; i++) {
      verifier.caller("a".repeat(8000) + i);
      verifier.caller(base64("[".repeat(4000)) + "." + base64("[".repeat(1500)) + ".c2ln");
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
  }

  private void refuses(String token) {
    assertThat(verifier.caller(token)).isEmpty();
  }

  /** Good claims with one more, which may be there already. */
  private String payload(String more) {
    String good = issuer.claims().build().toString();
    return "{" + more + "," + good.substring(1);
  }

  /** Good claims with one replaced. */
  private String without(String claim, String replacement) {
    String good = issuer.claims().claim(claim, null).build().toString();
    return "{" + replacement + "," + good.substring(1);
  }

  private String raw(String claims) {
    return sign("{\"alg\":\"RS256\",\"kid\":\"key-1\"}", claims);
  }

  private String rawHeader(String header) {
    return sign(header, issuer.claims().build().toString());
  }

  /** Signed by the issuer's key, whatever header and claims are. */
  private String sign(String header, String claims) {
    try {
      String unsigned = base64(header) + "." + base64(claims);
      java.security.Signature signature = java.security.Signature.getInstance("SHA256withRSA");
      signature.initSign(issuer.key().toRSAPrivateKey());
      signature.update(unsigned.getBytes(StandardCharsets.US_ASCII));
      return unsigned + "." + Base64URL.encode(signature.sign());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String base64(String text) {
    return Base64URL.encode(text).toString();
  }
}
