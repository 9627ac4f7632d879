package io.convoy.ebs.testing;

import io.convoy.core.Convoy;
import io.convoy.core.ConvoyConfig;
import io.convoy.ebs.testing.TestAccount.TestInstance;
import java.io.IOException;
import java.nio.file.Path;

/** An account of its own, an instance in it, and a {@link Convoy} that finds both. */
public final class InstanceConvoy implements AutoCloseable {
  private final TestAccount account;
  private final SdkProperties properties;
  private final Convoy convoy;

  private InstanceConvoy(TestAccount account, SdkProperties properties, Convoy convoy) {
    this.account = account;
    this.properties = properties;
    this.convoy = convoy;
  }

  /** Opens a Convoy with the driver {@code ebs}. */
  public static InstanceConvoy open(Path root) throws IOException {
    TestAccount account = TestAccount.inMemory();
    try {
      TestInstance instance = account.startInstance("i-0123456789abcdef0", TestAccount.ZONE, true);
      SdkProperties properties = SdkProperties.on(instance, account);
      try {
        ConvoyConfig config =
            ConvoyConfig.of(root, "ebs").withDriverOptions(instance.driverOptions());
        return new InstanceConvoy(account, properties, Convoy.open(config));
      } catch (IOException | RuntimeException e) {
        properties.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      account.close();
      throw e;
    }
  }

  /** Returns the account. */
  public TestAccount account() {
    return account;
  }

  /** Returns the Convoy on the instance. */
  public Convoy convoy() {
    return convoy;
  }

  @Override
  public void close() throws IOException {
    try (account;
        properties) {
      convoy.close();
    }
  }
}
