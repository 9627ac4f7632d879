package io.convoy.objectstore;

import io.convoy.objectstore.S3TestServer.Authorization;
import io.convoy.objectstore.testing.ObjectStoreContract;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** Runs the contract against a real server. */
@Timeout(120)
final class S3ContractIT extends ObjectStoreContract {
  private final S3Stores stores = new S3Stores();
  private ObjectStore store;

  @BeforeEach
  void open() throws IOException {
    store =
        stores.open(S3TestServer.shared(Authorization.SIGNED).destination(S3TestServer.newPath()));
  }

  @AfterEach
  void close() {
    stores.close();
  }

  @Override
  protected ObjectStore store() {
    return store;
  }
}
