package io.convoy.ebs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.convoy.core.BlockContent;
import io.convoy.core.BlockTarget;
import io.convoy.core.DriverContext;
import io.convoy.core.Extent;
import io.convoy.core.SnapshotContent;
import io.convoy.core.VolumeDriver;
import io.convoy.core.VolumeFiller;
import io.convoy.core.VolumeName;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.core.testing.DriverHarness;
import io.convoy.core.testing.Environment;
import io.convoy.ebs.testing.Programs;
import io.convoy.ebs.testing.TestAccount;
import io.convoy.ebs.testing.TestAccount.TestInstance;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** The driver on an instance of a test account. A volume's text is in a file on it. */
final class EbsHarness implements DriverHarness {
  /** Everything as usual, only sooner. */
  static final Pace FAST =
      new Pace(
          Duration.ofMillis(20),
          Duration.ofMillis(200),
          Duration.ofSeconds(20),
          Duration.ofMillis(5),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Duration.ofSeconds(5),
          Duration.ofSeconds(20),
          3,
          Duration.ofMillis(5));

  private static final long BLOCK = 512 * 1024;

  private final Path directory;
  private final TestAccount account;
  private final boolean ownsAccount;
  private final TestInstance instance;
  private final Map<String, String> options = new HashMap<>();
  private final Pace pace;
  private VolumeDriver driver;

  EbsHarness(Path directory, TestAccount account, TestInstance instance, Pace pace) {
    this(directory, account, false, instance, pace);
  }

  private EbsHarness(
      Path directory, TestAccount account, boolean ownsAccount, TestInstance instance, Pace pace) {
    this.directory = directory;
    this.account = account;
    this.ownsAccount = ownsAccount;
    this.instance = instance;
    this.pace = pace;
    options.putAll(instance.driverOptions());
  }

  /** Opens the driver on an instance of an account of its own. */
  static EbsHarness open(Path directory) throws IOException {
    Environment.requireRoot();
    TestAccount account = TestAccount.inMemory();
    TestInstance instance = account.startInstance("i-0123456789abcdef0", TestAccount.ZONE, true);
    EbsHarness harness = new EbsHarness(directory, account, true, instance, FAST);
    try {
      harness.start();
      return harness;
    } catch (IOException | RuntimeException e) {
      harness.close();
      throw e;
    }
  }

  TestAccount account() {
    return account;
  }

  TestInstance instance() {
    return instance;
  }

  Map<String, String> options() {
    return options;
  }

  Path root() {
    return directory.resolve("root-" + instance.id());
  }

  Connection connection() {
    return new Connection(
        Optional.of(account.uri()),
        Optional.of(instance.metadata()),
        Optional.of(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(TestAccount.ACCESS_KEY, TestAccount.SECRET_KEY))));
  }

  void start() throws IOException {
    DriverContext context =
        new DriverContext(
            Files.createDirectories(root()), "host-" + instance.id(), new ProcessCommandRunner());
    driver = EbsDriver.open(context, options, connection(), pace);
  }

  @Override
  public VolumeDriver driver() {
    return driver;
  }

  @Override
  public void reopen() throws IOException {
    driver.close();
    start();
  }

  @Override
  public void write(VolumeName volume, String text) throws IOException {
    mounted(
        volume,
        place -> {
          Files.writeString(place.resolve("text"), text);
          Programs.run("sync", "--file-system", place.toString());
        });
  }

  @Override
  public String read(VolumeName volume) throws IOException {
    String[] text = {""};
    mounted(
        volume,
        place -> {
          if (Files.exists(place.resolve("text"))) {
            text[0] = Files.readString(place.resolve("text"));
          }
        });
    return text[0];
  }

  private interface Work {
    void at(Path mountPoint) throws IOException;
  }

  /** Mounts a volume for the time of some work, unless it is mounted. */
  private void mounted(VolumeName volume, Work work) throws IOException {
    String before = driver.get(volume).orElseThrow().details().get("MountPoint");
    if (!before.isEmpty()) {
      work.at(Path.of(before));
      return;
    }
    Path place = driver.mount(volume, Optional.empty());
    try {
      work.at(place);
    } finally {
      driver.unmount(volume);
    }
  }

  @Override
  public String read(SnapshotContent content) throws IOException {
    BlockContent blocks = (BlockContent) content;
    Path image = Files.createTempFile(directory, "image", null);
    try (FileChannel out = FileChannel.open(image, StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.allocate(1), blocks.sizeBytes() - 1);
      for (Extent extent : blocks.allocated()) {
        for (long at = extent.offsetBytes(); at < extent.endBytes(); at += BLOCK) {
          ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BLOCK, extent.endBytes() - at));
          blocks.read(at, buffer);
          out.write(buffer.flip(), at);
        }
      }
    }
    String listing = Programs.run("debugfs", "-R", "ls -p /", image.toString());
    String text =
        listing.contains("/text/") ? Programs.run("debugfs", "-R", "cat /text", image + "") : "";
    Files.delete(image);
    return text;
  }

  @Override
  public VolumeFiller filler(String text) {
    return target -> {
      Path tree = Files.createTempDirectory(directory, "tree");
      Files.writeString(tree.resolve("text"), text, UTF_8);
      Path image = Files.createTempFile(directory, "image", null);
      Programs.run("truncate", "-s", "1G", image.toString());
      Programs.run("mkfs.ext4", "-q", "-d", tree.toString(), image.toString());
      copy(image, (BlockTarget) target);
      Files.delete(image);
    };
  }

  private static void copy(Path image, BlockTarget target) throws IOException {
    byte[] zeros = new byte[(int) BLOCK];
    try (FileChannel in = FileChannel.open(image)) {
      for (long at = 0; at < in.size(); at += BLOCK) {
        ByteBuffer buffer = ByteBuffer.allocate((int) BLOCK);
        in.read(buffer, at);
        if (!Arrays.equals(buffer.array(), zeros)) {
          target.write(at, buffer.flip());
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (driver != null) {
      driver.close();
    }
    if (ownsAccount) {
      account.close();
    }
  }
}
