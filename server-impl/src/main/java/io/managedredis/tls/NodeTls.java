package io.managedredis.tls;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** TLS towards the nodes of a cluster: TLS 1.2 or 1.3, with a certificate for the node's name. */
public final class NodeTls {

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private static final Pattern NAMELESS = Pattern.compile("No (subject alternative|name) ");

  private NodeTls() {}

  /**
   * A factory that trusts the given authorities.
   *
   * @param ca certificates to trust; null for the ones that the JDK trusts
   * @param cert the client's certificate and its chain; null without one
   * @param key the client's key, PKCS#8; null without one
   * @throws TlsFileException when a file can't be used
   */
  public static SSLSocketFactory socketFactory(
      @Nullable Path ca, @Nullable Path cert, @Nullable Path key)
      throws TlsFileException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        cert == null || key == null
            ? null
            : KeyStores.identity(new PemFile(cert), new PemFile(key)),
        ca == null ? null : KeyStores.trust(new PemFile(ca).certificates()),
        null);
    return context.getSocketFactory();
  }

  /**
   * Shakes hands over a connection. Its read timeout bounds each wait.
   *
   * @param socket connected; closed with the answer
   * @param host whom the certificate has to name (RFC 9525)
   * @throws IOException when there is no TLS there, or nobody to be trusted; {@link #reason} tells
   */
  public static SSLSocket open(SSLSocketFactory factory, Socket socket, String host, int port)
      throws IOException {
    SSLSocket secured = (SSLSocket) factory.createSocket(socket, host, port, true);
    SSLParameters parameters = secured.getSSLParameters();
    parameters.setProtocols(PROTOCOLS);
    // Without it the JDK would take any certificate that is signed well, whoever it is for.
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secured.setSSLParameters(parameters);
    secured.startHandshake();
    return secured;
  }

  /**
   * What was wrong in a handshake, for people.
   *
   * @param failure as it was thrown, or wrapped by a library
   */
  public static String reason(Throwable failure) {
    @Nullable String found = null;
    String last = "";
    for (Throwable cause = failure; cause != null; cause = next(cause)) {
      last = String.valueOf(cause.getMessage());
      if (cause instanceof CertificateExpiredException) {
        return "its certificate has expired: " + last;
      }
      if (cause instanceof CertificateNotYetValidException) {
        return "its certificate is not valid yet: " + last;
      }
      if (cause instanceof CertPathBuilderException) {
        found = "nobody that is trusted has signed its certificate";
      } else if (cause instanceof CertificateException && NAMELESS.matcher(last).lookingAt()) {
        // The JDK's text names the host that is asked for.
        found = "its certificate is for another name: " + last;
      } else if (cause instanceof SSLException && found == null) {
        found = last;
      }
    }
    return found == null ? last : found;
  }

  /** A client that tried several addresses keeps what went wrong there as suppressed. */
  private static @Nullable Throwable next(Throwable thrown) {
    Throwable[] suppressed = thrown.getSuppressed();
    return thrown.getCause() != null
        ? thrown.getCause()
        : suppressed.length > 0 ? suppressed[0] : null;
  }
}
