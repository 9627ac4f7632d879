package io.convoy.ebs;

import io.convoy.ebs.testing.TestAccount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An account, and drivers on instances of it. */
final class EbsHosts implements AutoCloseable {
  private final Path directory;
  private final TestAccount account;
  private final List<EbsHarness> harnesses = new ArrayList<>();

  private EbsHosts(Path directory, TestAccount account) {
    this.directory = directory;
    this.account = account;
  }

  static EbsHosts open(Path directory) throws IOException {
    return new EbsHosts(directory, TestAccount.inMemory());
  }

  TestAccount account() {
    return account;
  }

  /** Adds an instance, on which the driver is not open yet. */
  EbsHarness add(String instanceId, String zone, boolean nitro, Pace pace) throws IOException {
    EbsHarness harness =
        new EbsHarness(directory, account, account.startInstance(instanceId, zone, nitro), pace);
    harnesses.add(harness);
    return harness;
  }

  /** Adds an instance and opens the driver on it. */
  EbsHarness start(String instanceId) throws IOException {
    EbsHarness harness = add(instanceId, TestAccount.ZONE, true, EbsHarness.FAST);
    harness.start();
    return harness;
  }

  @Override
  public void close() throws IOException {
    for (EbsHarness harness : harnesses) {
      harness.close();
    }
    account.close();
  }
}
