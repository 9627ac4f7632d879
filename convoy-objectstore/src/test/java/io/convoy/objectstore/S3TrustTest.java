package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
