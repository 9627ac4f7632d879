package io.convoy.ebs.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.convoy.core.testing.Environment;
import io.convoy.ebs.testing.TestAccount.TestInstance;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.imds.Ec2MetadataClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.ebs.EbsClient;
import software.amazon.awssdk.services.ebs.model.ListSnapshotBlocksResponse;
import software.amazon.awssdk.services.ebs.model.ValidationException;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.CopySnapshotRequest;
import software.amazon.awssdk.services.ec2.model.CreateVolumeRequest;
import software.amazon.awssdk.services.ec2.model.CreateVolumeResponse;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Snapshot;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ec2.model.Volume;
import software.amazon.awssdk.services.ec2.model.VolumeState;

/** The test account behaves as Amazon documents, seen through Amazon's own clients. */
final class TestAccountIT {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String INSTANCE = "i-0123456789abcdef0";

  @TempDir private Path directory;
  private TestAccount account;
  private TestInstance instance;
  private Ec2Client ec2;
  private EbsClient direct;

  @BeforeEach
  void open() throws IOException {
    Environment.requireRoot();
    account = TestAccount.inMemory();
    instance = account.startInstance(INSTANCE, TestAccount.ZONE, true);
    StaticCredentialsProvider credentials =
        StaticCredentialsProvider.create(
            AwsBasicCredentials.create(TestAccount.ACCESS_KEY, TestAccount.SECRET_KEY));
    ec2 = client(TestAccount.REGION, TestAccount.SECRET_KEY);
    direct =
        EbsClient.builder()
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .endpointOverride(account.uri())
            .region(Region.of(TestAccount.REGION))
            .credentialsProvider(credentials)
            .overrideConfiguration(o -> o.retryStrategy(DefaultRetryStrategy.doNotRetry()))
            .build();
  }

  @AfterEach
  void close() {
    if (account != null) {
      ec2.close();
      direct.close();
      account.close();
    }
  }

  private Ec2Client client(String region, String secret) {
    return Ec2Client.builder()
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .endpointOverride(account.uri())
        .region(Region.of(region))
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(TestAccount.ACCESS_KEY, secret)))
        .overrideConfiguration(o -> o.retryStrategy(DefaultRetryStrategy.doNotRetry()))
        .build();
  }

  private static CreateVolumeRequest.Builder wish(String token) {
    return CreateVolumeRequest.builder()
        .availabilityZone(TestAccount.ZONE)
        .size(1)
        .volumeType("gp3")
        .clientToken(token);
  }

  private CreateVolumeResponse create(Consumer<CreateVolumeRequest.Builder> more) {
    CreateVolumeRequest.Builder request = wish("token-" + System.nanoTime());
    more.accept(request);
    return ec2.createVolume(request.build());
  }

  private static void assertCode(ThrowingCallable call, String code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            Ec2Exception.class, e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code));
  }

  private Volume describe(String id) {
    return ec2.describeVolumes(r -> r.volumeIds(id)).volumes().get(0);
  }

  @Test
  void createVolume_rulesOfTypes_areAmazons() {
    assertCode(() -> create(r -> r.volumeType("gp2").iops(500)), "InvalidParameterCombination");
    assertCode(() -> create(r -> r.volumeType("io1").size(4)), "MissingParameter");
    assertCode(() -> create(r -> r.volumeType("io1").size(4).iops(201)), "InvalidParameterValue");
    assertCode(() -> create(r -> r.volumeType("st1").size(100)), "InvalidParameterValue");
    assertCode(() -> create(r -> r.iops(2000)), "InvalidParameterValue");
    assertCode(() -> create(r -> r.throughput(751).iops(3000)), "InvalidParameterValue");
    assertCode(() -> create(r -> r.kmsKeyId("alias/x")), "InvalidParameterDependency");
    assertCode(() -> create(r -> r.size(null)), "MissingParameter");
    assertThat(create(r -> r.volumeType("sc1").size(125)).iops()).isNull();
    assertThat(create(r -> r.volumeType("gp2").size(100)).iops()).isEqualTo(300);
    assertThat(create(r -> r.volumeType("io2").size(4).iops(4000)).iops()).isEqualTo(4000);
    assertThat(create(r -> {}).throughput()).isEqualTo(125);
    assertThat(create(r -> r.volumeType("standard")).iops()).isNull();
  }

  @Test
  void createVolume_sameToken_isOneVolume() {
    CreateVolumeResponse first = ec2.createVolume(wish("one").build());
    CreateVolumeResponse second = ec2.createVolume(wish("one").build());

    assertThat(second.volumeId()).isEqualTo(first.volumeId());
    assertThat(account.volumes()).hasSize(1);
    assertCode(() -> ec2.createVolume(wish("one").size(2).build()), "IdempotentParameterMismatch");
  }

  @Test
  void createVolume_keyThatCannotBeUsed_disappears() {
    account.addKey("arn:good");
    String good = create(r -> r.encrypted(true).kmsKeyId("arn:good")).volumeId();
    String bad = create(r -> r.encrypted(true).kmsKeyId("arn:bad")).volumeId();

    assertThat(describe(good).encrypted()).isTrue();
    assertThat(describe(good).kmsKeyId()).isEqualTo("arn:good");
    assertCode(() -> describe(bad), "InvalidVolume.NotFound");
  }

  @Test
  void volume_lifeWithDelays_goesThroughItsStates() throws Exception {
    account.setDelays(Delays.all(HOUR).withLag(Duration.ZERO));
    String id = create(r -> {}).volumeId();
    assertThat(describe(id).state()).isEqualTo(VolumeState.CREATING);
    assertCode(
        () -> ec2.attachVolume(r -> r.volumeId(id).instanceId(INSTANCE).device("/dev/sdf")),
        "IncorrectState");
    assertCode(() -> ec2.deleteVolume(r -> r.volumeId(id)), "IncorrectState");
    account.advance(HOUR);
    assertThat(describe(id).state()).isEqualTo(VolumeState.AVAILABLE);
    assertCode(() -> ec2.detachVolume(r -> r.volumeId(id)), "IncorrectState");

    ec2.attachVolume(r -> r.volumeId(id).instanceId(INSTANCE).device("/dev/sdf"));
    assertThat(describe(id).attachments().get(0).stateAsString()).isEqualTo("attaching");
    assertCode(
        () -> ec2.attachVolume(r -> r.volumeId(id).instanceId(INSTANCE).device("/dev/sdg")),
        "VolumeInUse");
    assertCode(() -> ec2.deleteVolume(r -> r.volumeId(id)), "VolumeInUse");
    account.advance(HOUR);
    assertThat(describe(id).attachments().get(0).stateAsString()).isEqualTo("attached");
    Path node = instance.machine().node(id).orElseThrow();
    Programs.run("mkfs.ext4", "-q", node.toString());
    assertCode(
        () -> ec2.detachVolume(r -> r.volumeId(id).instanceId("i-00000000000000000")),
        "InvalidAttachment.NotFound");

    Path place = Files.createDirectory(directory.resolve("place"));
    Programs.run("mount", node.toString(), place.toString());
    ec2.detachVolume(r -> r.volumeId(id));
    assertThat(describe(id).attachments().get(0).stateAsString()).isEqualTo("detaching");
    account.advance(HOUR);
    assertThat(describe(id).attachments().get(0).stateAsString()).isEqualTo("busy");
    Programs.run("umount", place.toString());
    account.advance(HOUR);
    assertThat(describe(id).state()).isEqualTo(VolumeState.AVAILABLE);
    assertThat(node).doesNotExist();

    ec2.deleteVolume(r -> r.volumeId(id));
    assertThat(describe(id).state()).isEqualTo(VolumeState.DELETING);
    account.advance(HOUR);
    assertCode(() -> describe(id), "InvalidVolume.NotFound");
    assertCode(() -> ec2.deleteVolume(r -> r.volumeId(id)), "InvalidVolume.NotFound");
  }

  @Test
  void attachVolume_otherZoneOrTakenName_isRefused() {
    String far = create(r -> r.availabilityZone("us-east-1b")).volumeId();
    String first = create(r -> {}).volumeId();
    String second = create(r -> {}).volumeId();

    assertCode(
        () -> ec2.attachVolume(r -> r.volumeId(far).instanceId(INSTANCE).device("/dev/sdf")),
        "InvalidVolume.ZoneMismatch");
    ec2.attachVolume(r -> r.volumeId(first).instanceId(INSTANCE).device("/dev/sdf"));
    assertCode(
        () -> ec2.attachVolume(r -> r.volumeId(second).instanceId(INSTANCE).device("/dev/sdf")),
        "InvalidParameterValue");
    assertCode(
        () -> ec2.attachVolume(r -> r.volumeId(second).instanceId(INSTANCE).device("/dev/sda")),
        "InvalidParameterValue");
    assertCode(
        () -> ec2.attachVolume(r -> r.volumeId(second).instanceId("i-1").device("/dev/sdg")),
        "InvalidInstanceID.NotFound");
    ec2.detachVolume(r -> r.volumeId(first));
  }

  @Test
  void describeVolumes_lag_tellsWhatWas() throws Exception {
    account.setDelays(Delays.NONE.withLag(HOUR));
    String id = create(r -> {}).volumeId();

    assertCode(() -> describe(id), "InvalidVolume.NotFound");
    account.advance(HOUR);
    assertThat(describe(id).state()).isEqualTo(VolumeState.AVAILABLE);
    ec2.deleteVolume(r -> r.volumeId(id));
    assertThat(describe(id).state()).isEqualTo(VolumeState.AVAILABLE);
  }

  @Test
  void describeVolumes_manyPages_allComeOnce() {
    for (int i = 0; i < 12; i++) {
      create(r -> {});
    }

    List<String> ids = new ArrayList<>();
    ec2.describeVolumesPaginator(r -> r.maxResults(5))
        .volumes()
        .forEach(v -> ids.add(v.volumeId()));

    assertThat(ids).hasSize(12).doesNotHaveDuplicates();
    assertThat(account.takeCalls()).containsEntry("DescribeVolumes", 3);
    assertCode(() -> ec2.describeVolumes(r -> r.maxResults(4)), "InvalidParameterValue");
    assertCode(
        () -> ec2.describeVolumes(r -> r.volumeIds(ids).maxResults(5)),
        "InvalidParameterCombination");
    assertCode(() -> ec2.describeVolumes(r -> r.nextToken("nonsense")), "InvalidPaginationToken");
    assertCode(
        () ->
            ec2.describeVolumes(
                r -> r.filters(Filter.builder().name("colour").values("red").build())),
        "InvalidParameterValue");
  }

  @Test
  void calls_unknownParameterOrNoSignature_areRefused() throws Exception {
    assertCode(() -> create(r -> r.outpostArn("arn:aws:outposts:x")), "UnknownParameter");
    HttpResponse<String> unsigned =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(account.uri())
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            "Action=DescribeVolumes&Version=2016-11-15"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(unsigned.body()).contains("MissingAuthenticationToken");
    try (Ec2Client stranger = client(TestAccount.REGION, "another secret")) {
      // The JDK's client does not hand on what comes with status 401.
      assertThatThrownBy(stranger::describeVolumes)
          .isInstanceOfSatisfying(
              Ec2Exception.class, e -> assertThat(e.statusCode()).isEqualTo(401));
    }
  }

  @Test
  void copySnapshot_fromAnotherRegion_isASnapshotOfItsOwn() {
    account.addKey("arn:good");
    String id = create(r -> {}).volumeId();
    String near = ec2.createSnapshot(r -> r.volumeId(id)).snapshotId();
    String far = account.addSnapshotElsewhere(near, Map.of("Name", "far"));
    try (Ec2Client elsewhere = client(TestAccount.OTHER_REGION, TestAccount.SECRET_KEY)) {
      assertThat(elsewhere.describeSnapshots(r -> r.snapshotIds(far)).snapshots()).hasSize(1);
      assertThat(elsewhere.describeVolumes().volumes()).isEmpty();
    }
    assertCode(() -> ec2.describeSnapshots(r -> r.snapshotIds(far)), "InvalidSnapshot.NotFound");
    account.setDelays(Delays.NONE.withSnapshot(HOUR));

    String copy = copy(r -> r.sourceSnapshotId(far).encrypted(true).kmsKeyId("arn:good"));
    String unusable = copy(r -> r.sourceSnapshotId(far).encrypted(true).kmsKeyId("arn:bad"));

    assertThat(snapshot(copy).stateAsString()).isEqualTo("pending");
    account.advance(HOUR);
    assertThat(snapshot(copy).stateAsString()).isEqualTo("completed");
    assertThat(snapshot(copy).kmsKeyId()).isEqualTo("arn:good");
    assertThat(snapshot(unusable).stateAsString()).isEqualTo("error");
    assertCode(() -> copy(r -> r.sourceSnapshotId(near)), "InvalidSnapshot.NotFound");
    assertCode(
        () -> copy(r -> r.sourceSnapshotId(far).kmsKeyId("arn:good")),
        "InvalidParameterDependency");
  }

  private String copy(Consumer<CopySnapshotRequest.Builder> more) {
    CopySnapshotRequest.Builder request =
        CopySnapshotRequest.builder()
            .sourceRegion(TestAccount.OTHER_REGION)
            .destinationRegion(TestAccount.REGION);
    more.accept(request);
    return ec2.copySnapshot(request.build()).snapshotId();
  }

  private Snapshot snapshot(String id) {
    return ec2.describeSnapshots(r -> r.snapshotIds(id)).snapshots().get(0);
  }

  @Test
  void modifyVolume_larger_growsTheDevice() throws Exception {
    String id = create(r -> {}).volumeId();
    ec2.attachVolume(r -> r.volumeId(id).instanceId(INSTANCE).device("/dev/sdf"));
    account.setDelays(Delays.all(HOUR).withLag(Duration.ZERO));

    assertThat(ec2.modifyVolume(r -> r.volumeId(id).size(2)).volumeModification().targetSize())
        .isEqualTo(2);
    assertCode(() -> ec2.modifyVolume(r -> r.volumeId(id).size(3)), "IncorrectModificationState");
    assertThat(modificationState(id)).isEqualTo("modifying");
    account.advance(HOUR);
    assertThat(modificationState(id)).isEqualTo("optimizing");
    assertCode(() -> ec2.modifyVolume(r -> r.volumeId(id).size(3)), "IncorrectModificationState");
    Path node = instance.machine().node(id).orElseThrow();
    assertThat(Programs.run("blockdev", "--getsize64", node.toString()).strip())
        .isEqualTo(Long.toString(2L << 30));
    account.advance(HOUR);
    assertThat(modificationState(id)).isEqualTo("completed");
    assertCode(() -> ec2.modifyVolume(r -> r.volumeId(id).size(1)), "InvalidParameterValue");
  }

  private String modificationState(String id) {
    return ec2.describeVolumesModifications(r -> r.volumeIds(id))
        .volumesModifications()
        .get(0)
        .modificationStateAsString();
  }

  @Test
  void snapshot_pending_completesAndCanBeReadBlockByBlock() throws Exception {
    String volume = create(r -> {}).volumeId();
    ec2.attachVolume(r -> r.volumeId(volume).instanceId(INSTANCE).device("/dev/sdf"));
    Path node = instance.machine().node(volume).orElseThrow();
    byte[] data = new byte[3 * Images.BLOCK_BYTES];
    Arrays.fill(data, (byte) 7);
    Files.write(node, data);
    Programs.run("sync", node.toString());
    account.setDelays(Delays.NONE.withSnapshot(HOUR));

    var snapshot = ec2.createSnapshot(r -> r.volumeId(volume));
    String id = snapshot.snapshotId();

    assertThat(snapshot.stateAsString()).isEqualTo("pending");
    assertThatThrownBy(() -> direct.listSnapshotBlocks(r -> r.snapshotId(id)))
        .isInstanceOf(ValidationException.class);
    assertCode(() -> create(r -> r.snapshotId(id)), "IncorrectState");
    account.advance(HOUR);
    ListSnapshotBlocksResponse blocks = direct.listSnapshotBlocks(r -> r.snapshotId(id));
    assertThat(blocks.blocks()).hasSize(3);
    assertThat(blocks.blockSize()).isEqualTo(Images.BLOCK_BYTES);
    assertThat(
            direct
                .getSnapshotBlockAsBytes(
                    r ->
                        r.snapshotId(id)
                            .blockIndex(1)
                            .blockToken(blocks.blocks().get(1).blockToken()))
                .asByteArray())
        .hasSize(Images.BLOCK_BYTES)
        .containsOnly(7);
    assertThatThrownBy(
            () ->
                direct.getSnapshotBlockAsBytes(
                    r ->
                        r.snapshotId(id)
                            .blockIndex(1)
                            .blockToken(blocks.blocks().get(0).blockToken())))
        .isInstanceOf(ValidationException.class);
    account.setDelays(Delays.NONE);
    data[Images.BLOCK_BYTES] = 8;
    Files.write(node, data);
    Programs.run("sync", node.toString());
    String second = ec2.createSnapshot(r -> r.volumeId(volume)).snapshotId();
    assertThat(
            direct
                .listChangedBlocks(r -> r.firstSnapshotId(id).secondSnapshotId(second))
                .changedBlocks())
        .extracting(block -> block.blockIndex())
        .containsExactly(1);
    assertCode(() -> create(r -> r.snapshotId("snap-00000000")), "InvalidSnapshot.NotFound");
  }

  @Test
  void metadata_withoutToken_saysNothing() throws Exception {
    URI document = instance.metadata().resolve("/latest/dynamic/instance-identity/document");
    HttpURLConnection plain = (HttpURLConnection) document.toURL().openConnection();
    assertThat(plain.getResponseCode()).isEqualTo(401);
    try (Ec2MetadataClient client =
        Ec2MetadataClient.builder()
            .httpClient(UrlConnectionHttpClient.builder())
            .endpoint(instance.metadata())
            .build()) {
      assertThat(
              client
                  .get("/latest/dynamic/instance-identity/document")
                  .asDocument()
                  .asMap()
                  .get("instanceId")
                  .asString())
          .isEqualTo(INSTANCE);
    }
  }

  @Test
  void answers_readByAmazonsCommand_areTheSame() throws Exception {
    String id =
        create(
                r ->
                    r.tagSpecifications(
                        TagSpecification.builder()
                            .resourceType("volume")
                            .tags(Tag.builder().key("Name").value("a<b&c").build())
                            .build()))
            .volumeId();
    ec2.attachVolume(r -> r.volumeId(id).instanceId(INSTANCE).device("/dev/sdf"));
    String snapshot = ec2.createSnapshot(r -> r.volumeId(id)).snapshotId();

    JsonNode volume = aws("ec2", "describe-volumes", "--volume-ids", id).get("Volumes").get(0);
    assertThat(volume.get("VolumeId").asText()).isEqualTo(id);
    assertThat(volume.get("State").asText()).isEqualTo("in-use");
    assertThat(volume.get("Size").asInt()).isEqualTo(1);
    assertThat(volume.get("Iops").asInt()).isEqualTo(3000);
    assertThat(volume.get("Tags").get(0).get("Value").asText()).isEqualTo("a<b&c");
    assertThat(volume.get("Attachments").get(0).get("InstanceId").asText()).isEqualTo(INSTANCE);
    JsonNode seen = aws("ec2", "describe-snapshots", "--owner-ids", "self").get("Snapshots").get(0);
    assertThat(seen.get("SnapshotId").asText()).isEqualTo(snapshot);
    assertThat(seen.get("State").asText()).isEqualTo("completed");
    assertThat(
            aws("ec2", "describe-instances", "--instance-ids", INSTANCE)
                .at("/Reservations/0/Instances/0/State/Name")
                .asText())
        .isEqualTo("running");
    JsonNode blocks = aws("ebs", "list-snapshot-blocks", "--snapshot-id", snapshot);
    assertThat(blocks.get("BlockSize").asInt()).isEqualTo(Images.BLOCK_BYTES);
    assertThat(blocks.get("Blocks")).isEmpty();
  }

  private JsonNode aws(String... arguments) throws IOException, InterruptedException {
    Optional<Path> command =
        List.of("/usr/bin/aws", "/usr/local/bin/aws").stream()
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst();
    Environment.require(command.isPresent(), "needs the aws command: apt-get install awscli");
    List<String> argv = new ArrayList<>(List.of(command.orElseThrow().toString()));
    argv.addAll(List.of("--endpoint-url", account.uri().toString()));
    argv.addAll(List.of("--region", TestAccount.REGION, "--output", "json"));
    argv.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(argv);
    builder.environment().put("AWS_ACCESS_KEY_ID", TestAccount.ACCESS_KEY);
    builder.environment().put("AWS_SECRET_ACCESS_KEY", TestAccount.SECRET_KEY);
    builder.environment().put("HOME", directory.toString());
    builder.redirectError(directory.resolve("aws.err").toFile());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor())
        .as("aws %s: %s", List.of(arguments), Files.readString(directory.resolve("aws.err")))
        .isZero();
    return new ObjectMapper().readTree(output);
  }
}
