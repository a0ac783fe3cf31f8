package io.managedredis.http;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The server's certificate; PEM files, which are read again when they change.
 *
 * @param certFile the certificate and its chain
 * @param keyFile its key, PKCS#8
 * @param clientCaFile who signs the certificates that clients then have to show; null when they
 *     need none
 */
public record TlsSettings(Path certFile, Path keyFile, @Nullable Path clientCaFile) {}
