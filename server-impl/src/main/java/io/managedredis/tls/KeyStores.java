package io.managedredis.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Turns what was read from PEM files into what the JDK's TLS wants to have. */
final class KeyStores {

  private static final char[] NO_PASSWORD = {};

  private KeyStores() {}

  /** Believes what these authorities have signed, and nothing else. */
  static TrustManager[] trust(List<X509Certificate> authorities) throws GeneralSecurityException {
    KeyStore store = empty();
    int number = 0;
    for (X509Certificate certificate : authorities) {
      store.setCertificateEntry("ca" + number++, certificate);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  /**
   * Shows a certificate and proves to own it.
   *
   * @throws TlsFileException when the certificates are no chain
   */
  static KeyManager[] identity(PemFile cert, PemFile key)
      throws TlsFileException, GeneralSecurityException {
    PrivateKey secret = key.privateKey();
    List<X509Certificate> chain = cert.certificates();
    KeyStore store = empty();
    try {
      store.setKeyEntry("own", secret, NO_PASSWORD, chain.toArray(new X509Certificate[0]));
    } catch (KeyStoreException e) {
      throw new TlsFileException(
          cert.path(),
          "holds certificates that are no chain: the own one comes first, each is signed by the"
              + " next",
          e);
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static KeyStore empty() throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new IllegalStateException("nothing is read for an empty store", e);
    }
    return store;
  }
}
