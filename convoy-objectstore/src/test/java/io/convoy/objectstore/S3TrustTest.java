package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class S3TrustTest {
  @TempDir private Path temp;

  @Test
  void only_fileThatHoldsNoCertificate_namesTheVariableAndTheFile() throws IOException {
    Path garbage = Files.writeString(temp.resolve("ca.pem"), "no certificate");
    Path empty = Files.createFile(temp.resolve("empty.pem"));
    for (Path file : new Path[] {garbage, empty, temp.resolve("missing.pem")}) {
      assertThatThrownBy(() -> S3Trust.only("AWS_CA_BUNDLE=", file))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("AWS_CA_BUNDLE=" + file);
    }
  }

  @Test
  void of_serverWithoutTls_isNobodyUnlessAFileIsNamed() throws IOException {
    assertThat(S3Trust.of(access("http://127.0.0.1:9000", Optional.empty()))).isEmpty();
    Path garbage = Files.writeString(temp.resolve("ca.pem"), "no certificate");
    assertThatThrownBy(() -> S3Trust.of(access("http://127.0.0.1:9000", Optional.of(garbage))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(garbage.toString());
  }

  @Test
  void of_serverWithTls_isSomebody() throws IOException {
    assertThat(S3Trust.of(access("https://127.0.0.1:9000", Optional.empty()))).isNotEmpty();
    assertThat(
            S3Trust.of(
                S3Access.of(new S3Location("bucket", Optional.empty(), "", Optional.empty()))))
        .isNotEmpty();
  }

  private static S3Access access(String endpoint, Optional<Path> caFile) {
    return new S3Access(
        new S3Location("bucket", Optional.empty(), "", Optional.of(URI.create(endpoint))),
        caFile,
        Optional.empty());
  }
}
