package io.convoy.objectstore;

import com.google.common.base.Suppliers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Which authorities a server's certificate may come from. */
final class S3Trust {
  private static final String CA_BUNDLE = "AWS_CA_BUNDLE";

  private static final TrustManager[] NOBODY = {};

  /**
   * Java's own: more than a hundred certificates, which take a tenth of a second to read. The
   * clients of one connection are made one soon after the other, and share them.
   */
  private static final Supplier<TrustManager[]> OF_JAVA =
      Suppliers.memoizeWithExpiration(S3Trust::ofJava, 1, TimeUnit.MINUTES);

  private S3Trust() {}

  /**
   * Returns who is trusted: the CAs of the target's file if there is one, else nobody where the
   * server is asked without TLS, else those of {@code AWS_CA_BUNDLE}, else Java's.
   */
  static TrustManager[] of(S3Access access) throws IOException {
    if (access.caFile().isPresent()) {
      return only("The target's CA file ", access.caFile().get());
    }
    if (access.location().endpoint().filter(S3Trust::isWithoutTls).isPresent()) {
      return NOBODY;
    }
    String environment = System.getenv(CA_BUNDLE);
    if (environment != null && !environment.isEmpty()) {
      return only(CA_BUNDLE + "=", Path.of(environment));
    }
    try {
      return OF_JAVA.get();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static boolean isWithoutTls(URI endpoint) {
    return "http".equalsIgnoreCase(endpoint.getScheme());
  }

  private static TrustManager[] ofJava() {
    try {
      return managers(null);
    } catch (GeneralSecurityException e) {
      throw new UncheckedIOException(
          new IOException("Java's certificates can't be read: " + e.getMessage(), e));
    }
  }

  /**
   * Returns what trusts the CAs in a PEM file and no others.
   *
   * @param what who named the file, for messages
   */
  static TrustManager[] only(String what, Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate ca : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca-" + number++, ca);
      }
      if (number == 0) {
        throw new IOException("there is no certificate in it");
      }
      return managers(store);
    } catch (GeneralSecurityException | IOException e) {
      throw new IOException(
          "%s%s can't be read as a file of PEM certificates: %s"
              .formatted(what, file, e.getMessage()),
          e);
    }
  }

  private static TrustManager[] managers(KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }
}
