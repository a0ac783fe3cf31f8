package io.managedredis.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.factories.DefaultJWSSignerFactory;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An OpenID Connect issuer on 127.0.0.1, whose answers a test may change. */
public final class Issuer implements AutoCloseable {

  /** What it is for everybody in these tests. */
  static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  /** What its tokens have as aud. */
  public static final String AUDIENCE = "managed-redis-backup";

  private static final RSAKey RSA = rsa("key-1");

  /** What a caller with these times and no deadline to speak of gets. */
  static final IssuerKeys.Times USUAL = IssuerKeys.Times.USUAL;

  private final int port;
  private HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger discoveries = new AtomicInteger();
  private final AtomicInteger fetches = new AtomicInteger();
  private final AtomicInteger others = new AtomicInteger();
  private volatile HttpHandler discovery;
  private volatile HttpHandler keys;

  /** One that listens on a free port. */
  public Issuer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    port = server.getAddress().getPort();
    discovery = json("{\"issuer\":\"" + name() + "\",\"jwks_uri\":\"" + jwksUri() + "\"}");
    keys = set(RSA);
    begin();
  }

  private void begin() {
    server.setExecutor(threads);
    server.createContext("/", counted(others, exchange -> exchange.sendResponseHeaders(404, -1)));
    server.createContext(
        "/realm/.well-known/openid-configuration",
        counted(discoveries, exchange -> discovery.handle(exchange)));
    server.createContext("/realm/keys", counted(fetches, exchange -> keys.handle(exchange)));
    server.start();
  }

  private static HttpHandler counted(AtomicInteger counter, HttpHandler handler) {
    return exchange -> {
      counter.incrementAndGet();
      try (exchange) {
        handler.handle(exchange);
      }
    };
  }

  /** What its tokens have as iss; where its documents are. */
  public String name() {
    return "http://127.0.0.1:" + port + "/realm";
  }

  URI jwksUri() {
    return URI.create(name() + "/keys");
  }

  /** How often the keys were fetched. */
  int fetches() {
    return fetches.get();
  }

  /** How often anything was asked. */
  int requests() {
    return fetches.get() + discoveries.get() + others.get();
  }

  int discoveries() {
    return discoveries.get();
  }

  void answersDiscovery(HttpHandler handler) {
    discovery = handler;
  }

  void answersKeys(HttpHandler handler) {
    keys = handler;
  }

  /** Nothing listens there any more. */
  public void goesDown() {
    server.stop(0);
  }

  void comesBack() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    begin();
  }

  /** The settings that fit this issuer, which finds its keys by discovery. */
  JwtSettings settings(String... algorithms) {
    return new JwtSettings(
        name(),
        AUDIENCE,
        null,
        null,
        "sub",
        "roles",
        algorithms.length == 0 ? List.of("RS256", "ES256") : List.of(algorithms),
        Duration.ofSeconds(30));
  }

  JwtVerifier verifier() throws IOException {
    return verifier(settings(), USUAL);
  }

  JwtVerifier verifier(JwtSettings settings, IssuerKeys.Times times) throws IOException {
    return verifier(settings, times, IssuerHttp.LONGEST);
  }

  /** A verifier whose clock stands still. */
  JwtVerifier verifier(JwtSettings settings, IssuerKeys.Times times, Duration deadline)
      throws IOException {
    return new JwtVerifier(
        settings,
        new IssuerHttp(settings.caFile(), deadline),
        times,
        Clock.fixed(NOW, ZoneOffset.UTC));
  }

  RSAKey key() {
    return RSA;
  }

  /** Claims that the verifier takes, to be spoiled. */
  public JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .issuer(name())
        .audience(AUDIENCE)
        .subject("alice")
        .issueTime(Date.from(NOW))
        .expirationTime(Date.from(NOW.plusSeconds(300)))
        .claim("roles", List.of("viewer:folder-1"));
  }

  static JWSHeader.Builder header(String algorithm, @Nullable String kid) {
    return new JWSHeader.Builder(JWSAlgorithm.parse(algorithm)).type(JOSEObjectType.JWT).keyID(kid);
  }

  /** A token with the issuer's own key. */
  public String token(JWTClaimsSet.Builder claims) {
    return signed(header("RS256", RSA.getKeyID()), claims, RSA);
  }

  String token() {
    return token(claims());
  }

  static String signed(JWSHeader.Builder header, JWTClaimsSet.Builder claims, JWK key) {
    try {
      JWSSigner signer =
          new DefaultJWSSignerFactory().createJWSSigner(key, header.build().getAlgorithm());
      SignedJWT jwt = new SignedJWT(header.build(), claims.build());
      jwt.sign(signer);
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  static RSAKey rsa(String kid) {
    try {
      return new RSAKeyGenerator(2048).keyID(kid).keyUse(KeyUse.SIGNATURE).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  static JWK ec(@Nullable String kid, Curve curve) {
    try {
      return new ECKeyGenerator(curve).keyID(kid).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Answers a set of these keys, their private halves left out. */
  static HttpHandler set(JWK... keys) {
    return json(new JWKSet(List.of(keys)).toString(true));
  }

  static HttpHandler json(String text) {
    return exchange -> send(exchange, 200, text);
  }

  static HttpHandler status(int status) {
    return exchange -> send(exchange, status, "{}");
  }

  static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
