package io.managedredis.access;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Gets small documents from an issuer. Each takes a bounded time, from the connection to the last
 * byte, and has a bounded size; no redirect is followed, since the address is what is trusted.
 */
final class IssuerHttp {

  /** The longest document that is read, in bytes; keys of a large issuer take about 20 KiB. */
  static final int MOST_BYTES = 256 << 10;

  /** How long one document may take. */
  static final Duration LONGEST = Duration.ofSeconds(5);

  private final HttpClient http;
  private final Duration longest;

  /**
   * @param caFile certificates to trust, in PEM; null for those that the JDK trusts
   * @param longest how long one document may take
   * @throws IOException when the file can't be read or holds no certificate
   */
  IssuerHttp(@Nullable Path caFile, Duration longest) throws IOException {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(longest);
    if (caFile != null) {
      builder.sslContext(trusting(caFile));
    }
    http = builder.build();
    this.longest = longest;
  }

  /**
   * What is at an address, in UTF-8.
   *
   * @throws IssuerException when it is not there, too long, or not there in time
   */
  String get(URI address) throws IssuerException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> answer = ask(address);
    try {
      HttpResponse<byte[]> response = answer.get(longest.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() != 200) {
        throw new IssuerException(
            address + " answers with status " + response.statusCode() + " instead of 200");
      }
      return new String(response.body(), StandardCharsets.UTF_8);
    } catch (TimeoutException e) {
      throw new IssuerException(
          address + " has not answered in full within " + longest.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      // What the other side has sent may be part of the words, and must not write lines of a log.
      String why = String.valueOf(e.getCause()).replaceAll("\\p{Cntrl}", "?");
      throw new IssuerException(address + " can't be read: " + why, e);
    } finally {
      // Ends an exchange that is still under way; nothing reads its rest.
      answer.cancel(true);
    }
  }

  private CompletableFuture<HttpResponse<byte[]>> ask(URI address) throws IssuerException {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(address)
              .timeout(longest)
              .header("Accept", "application/json, application/jwk-set+json")
              .GET()
              .build();
      return http.sendAsync(request, head -> new BoundedBody(MOST_BYTES));
    } catch (IllegalArgumentException e) {
      throw new IssuerException(address + " is no address to get anything from", e);
    }
  }

  private static SSLContext trusting(Path caFile) throws IOException {
    try {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(caFile)));
      if (certificates.isEmpty()) {
        throw new IOException(caFile + " holds no certificate in PEM");
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      int number = 0;
      for (Certificate certificate : certificates) {
        store.setCertificateEntry("ca" + number++, certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(caFile + " holds no certificate in PEM: " + e.getMessage(), e);
    }
  }
}
