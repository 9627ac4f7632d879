package io.convoy.objectstore;

import io.convoy.objectstore.S3TestServer.Authorization;
import io.convoy.objectstore.testing.ObjectStoreContract;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;

/** Runs the contract against real servers. */
@Timeout(120)
final class S3ContractIT {
  @Nested
  final class S3Proxy extends Contract {
    @Override
    S3TestServer server() {
      return S3TestServer.shared(Authorization.SIGNED);
    }
  }

  @Nested
  final class Ceph extends Contract {
    @Override
    S3TestServer server() {
      return S3TestServer.sharedCeph();
    }
  }

  abstract static class Contract extends ObjectStoreContract {
    private final S3Stores stores = new S3Stores();
    private ObjectStore store;

    abstract S3TestServer server();

    @BeforeEach
    final void open() throws IOException {
      store = stores.open(server().destination(S3TestServer.newPath()));
    }

    @AfterEach
    final void close() {
      stores.close();
    }

    @Override
    protected final ObjectStore store() {
      return store;
    }
  }
}
