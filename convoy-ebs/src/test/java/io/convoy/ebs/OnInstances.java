package io.convoy.ebs;

import io.convoy.core.Volume;
import io.convoy.core.VolumeSpec;
import io.convoy.core.testing.Environment;
import io.convoy.ebs.testing.TestAccount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Each test has an account of its own, and starts instances in it. */
abstract class OnInstances {
  @TempDir Path directory;
  EbsHosts hosts;
  TestAccount account;

  @BeforeEach
  void openAccount() throws IOException {
    Environment.requireRoot();
    hosts = EbsHosts.open(directory);
    account = hosts.account();
  }

  @AfterEach
  void closeAll() throws IOException {
    if (hosts != null) {
      hosts.close();
    }
  }

  static Volume create(EbsHarness host, VolumeSpec spec) throws IOException {
    return host.driver().create(spec, UUID.randomUUID(), Optional.empty());
  }
}
