package io.convoy.objectstore;

import io.convoy.objectstore.S3TestServer.Authorization;
import org.junit.jupiter.api.Nested;

/** Backs up to real servers. */
final class S3BackupsIT {
  @Nested
  final class S3Proxy extends S3BackupsContract {
    @Override
    S3TestServer server() {
      return S3TestServer.shared(Authorization.SIGNED);
    }
  }

  @Nested
  final class Ceph extends S3BackupsContract {
    @Override
    S3TestServer server() {
      return S3TestServer.sharedCeph();
    }
  }
}
