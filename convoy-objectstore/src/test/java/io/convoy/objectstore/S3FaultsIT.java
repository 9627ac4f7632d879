package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.io.ByteSource;
import io.convoy.core.BackupDestination;
import io.convoy.core.CorruptDataException;
import io.convoy.core.InUseException;
import io.convoy.objectstore.FaultyProxy.Fault;
import io.convoy.objectstore.FaultyProxy.Request;
import io.convoy.objectstore.S3TestServer.Authorization;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Year;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.core.sync.RequestBody;

/** What comes of answers that are wrong, late, cut or lost, and of servers that can do less. */
@Timeout(120)
final class S3FaultsIT {
  private static final int MAX_BYTES = 16 * 1024 * 1024;
  private static final ObjectKey KEY = new ObjectKey("v/x");
  private static final Duration SILENCE = Duration.ofSeconds(2);
  private static final byte[] CONTENT = "content".getBytes(US_ASCII);

  private final S3Stores stores = new S3Stores();
  private final S3Stores impatient = new S3Stores(SILENCE);
  private final String path = S3TestServer.newPath();
  private FaultyProxy proxy;
  private ObjectStore store;

  @BeforeEach
  void open() throws IOException {
    open(Authorization.SIGNED);
  }

  private void open(Authorization authorization) throws IOException {
    S3TestServer server = S3TestServer.shared(authorization);
    if (proxy != null) {
      proxy.close();
    }
    proxy = new FaultyProxy(server.port());
    store = stores.open(S3TestServer.destination(path, proxy.port()));
  }

  @AfterEach
  void close() throws IOException {
    stores.close();
    impatient.close();
    proxy.close();
  }

  /** Gets the first try of a server over with. */
  private void know() throws IOException {
    store.put(new ObjectKey("known"), CONTENT);
    awaitProbe();
  }

  /** Returns when what was stored to try the server is gone. */
  private void awaitProbe() throws IOException {
    assertThat(((S3ObjectStore) store).traits().deletesBatches()).isIn(true, false);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static Fault times(AtomicInteger left, Fault fault) {
    return left.getAndDecrement() > 0 ? fault : Fault.NONE;
  }

  private List<String> list(String prefix) throws IOException {
    List<String> keys = new ArrayList<>();
    store.list(prefix, (key, size) -> keys.add(key.value()));
    return keys;
  }

  @Test
  void everyWrite_carriesAChecksumInFrontAndNoChunks() throws IOException {
    store.put(KEY, CONTENT);
    store.put(KEY, out -> out.write(CONTENT));
    awaitProbe();

    List<Request> puts = proxy.requests().stream().filter(r -> r.is("PUT", "/")).toList();
    assertThat(puts).hasSizeGreaterThanOrEqualTo(3);
    assertThat(puts).allMatch(put -> put.hasHeader("x-amz-checksum-crc32"));
    assertThat(puts).noneMatch(put -> put.hasHeader("Expect"));
    assertThat(puts).noneMatch(put -> put.header("Content-Encoding").orElse("").contains("chunk"));
    assertThat(proxy.requests().stream().filter(r -> r.is("POST", "delete")))
        .isNotEmpty()
        .allMatch(delete -> delete.hasHeader("Content-MD5"));
  }

  @Test
  void firstWrite_triesTheServerOnceAndLeavesNothing() throws IOException {
    store.put(KEY, CONTENT);
    store.put(KEY, CONTENT);
    try (ObjectStore again = stores.open(S3TestServer.destination(path, proxy.port()))) {
      again.put(KEY, CONTENT);
    }

    awaitProbe();
    assertThat(proxy.count("PUT", S3Probe.PREFIX)).isEqualTo(2);
    assertThat(list(S3Probe.PREFIX)).isEmpty();
    assertThat(proxy.count("PUT", KEY.value())).isEqualTo(3);
  }

  @Test
  void firstWrite_probesThatWereKilledLongAgo_areDeletedAndOthersNot() throws IOException {
    List<String> old = List.of(S3Probe.PREFIX + UUID.randomUUID(), S3Probe.PREFIX + "notes");
    String young = S3Probe.PREFIX + UUID.randomUUID();
    S3Location location = S3Location.of(S3TestServer.destination(path, proxy.port()));
    try (S3Connection connection = new S3Connection(S3Access.of(location), SILENCE)) {
      for (String key : List.of(old.get(0), old.get(1), young)) {
        connection
            .client()
            .putObject(
                put -> put.bucket(location.bucket()).key(location.key(new ObjectKey(key))),
                RequestBody.fromBytes(CONTENT));
      }
    }
    int thisYear = Year.now(ZoneOffset.UTC).getValue();
    proxy.play(
        request ->
            request.is("GET", "list-type=2")
                ? Fault.spoil(body -> inAnotherYear(body, old, thisYear - 1))
                : Fault.NONE);

    store.put(KEY, CONTENT);

    awaitProbe();
    proxy.play(request -> Fault.NONE);
    assertThat(list(S3Probe.PREFIX)).containsExactlyInAnyOrder(old.get(1), young);
  }

  @Test
  void delete_manyGuarded_isOneRequestThatIsAskedForOnce() throws IOException {
    know();
    List<ObjectKey> keys = IntStream.range(0, 30).mapToObj(i -> new ObjectKey("v/" + i)).toList();
    for (ObjectKey key : keys) {
      store.put(key, CONTENT);
    }
    long before = proxy.count("POST", "delete");
    AtomicInteger asked = new AtomicInteger();

    store.delete(keys, asked::incrementAndGet);

    assertThat(asked).hasValue(2);
    assertThat(proxy.count("POST", "delete") - before).isEqualTo(1);
    assertThat(list("v/")).isEmpty();
  }

  @Test
  void delete_guardedAndTriedAgain_asksBeforeEachTry() throws IOException {
    know();
    store.put(KEY, CONTENT);
    AtomicInteger asked = new AtomicInteger();
    ObjectStore.Guard guard =
        () -> {
          // Before the request, before its first try, and before its second.
          if (asked.incrementAndGet() >= 3) {
            throw new InUseException("no more");
          }
        };
    proxy.play(request -> Fault.error(503, "SlowDown"));

    assertThatThrownBy(() -> store.delete(List.of(KEY), guard))
        .isInstanceOf(InUseException.class)
        .hasMessage("no more");

    assertThat(proxy.count("POST", "delete")).isEqualTo(1);
  }

  @Test
  void prepare_thatFailed_isForgotten() throws IOException {
    proxy.play(request -> Fault.error(403, "AccessDenied"));
    store.prepare();
    assertThatThrownBy(() -> store.put(KEY, CONTENT)).hasMessageContaining("access denied");
    proxy.play(request -> Fault.NONE);
    store.put(KEY, CONTENT);
    assertThat(store.get(KEY, MAX_BYTES)).contains(CONTENT);
  }

  @Test
  void delete_limitedAndNoAnswer_isNotAskedForAgain() throws IOException {
    know();
    store.put(KEY, CONTENT);
    proxy.play(request -> Fault.silence());
    ObjectStore.Guard guard =
        new ObjectStore.Guard() {
          @Override
          public void check() {}

          @Override
          public Optional<Duration> limit() {
            return Optional.of(Duration.ofSeconds(1));
          }
        };

    assertThatThrownBy(() -> store.delete(List.of(KEY), guard))
        .isInstanceOf(UncertainException.class)
        .hasMessageContaining(KEY.value())
        .hasMessageContaining("did not answer in time");

    assertThat(proxy.count("POST", "delete")).isEqualTo(1);
    proxy.play(request -> Fault.NONE);
    assertThat(list("v/")).containsExactly(KEY.value());
  }

  /** Makes a listing say that these objects are of that year. */
  private static byte[] inAnotherYear(byte[] listing, List<String> keys, int year) {
    String xml = new String(listing, UTF_8);
    for (String key : keys) {
      xml =
          xml.replaceFirst("(" + Pattern.quote(key) + "</Key><LastModified>)[0-9]{4}", "$1" + year);
    }
    return xml.getBytes(UTF_8);
  }

  @Test
  void reading_neverWrites() throws IOException {
    assertThat(store.get(KEY, MAX_BYTES)).isEmpty();
    assertThat(store.sizeBytes(KEY)).isEmpty();
    assertThat(list("v/")).isEmpty();

    assertThat(proxy.requests()).noneMatch(r -> r.is("PUT", "") || r.is("POST", ""));
  }

  @Test
  void anyRequest_failingTwice_succeedsTheThirdTime() throws IOException {
    know();
    byte[] content = random(300_000);
    for (Fault fault :
        List.of(Fault.error(500, "InternalError"), Fault.reset(), Fault.answerLost())) {
      AtomicInteger left = new AtomicInteger(2);
      proxy.play(request -> times(left, fault));
      store.put(KEY, content);
      left.set(2);
      assertThat(store.get(KEY, MAX_BYTES).orElseThrow()).isEqualTo(content);
      left.set(2);
      assertThat(store.sizeBytes(KEY)).hasValue(content.length);
      left.set(2);
      assertThat(list("v/")).containsExactly(KEY.value());
      left.set(2);
      store.delete(List.of(KEY));
      left.set(2);
      assertThat(store.get(KEY, MAX_BYTES)).isEmpty();
      assertThat(left.get()).isNotPositive();
    }
  }

  @Test
  void anyRequest_failingForGood_isAnErrorAndNeverAbsence() throws IOException {
    know();
    store.put(KEY, CONTENT);
    for (Fault fault :
        List.of(
            Fault.error(500, "InternalError"),
            Fault.error(403, "AccessDenied"),
            Fault.error(404, "NoSuchBucket"),
            Fault.error(404, "SomethingElse"),
            Fault.answer(
                "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
            Fault.answer(
                "HTTP/1.1 404 Not Found\r\nContent-Length: 15\r\nConnection: close\r\n\r\n<html>no</html>"),
            Fault.reset())) {
      proxy.play(request -> fault);
      assertThatThrownBy(() -> store.get(KEY, MAX_BYTES)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> store.open(KEY)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> store.sizeBytes(KEY)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> list("v/")).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> store.listDirectories("v/")).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> store.create(KEY, CONTENT)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> store.put(KEY, CONTENT)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> store.put(KEY, out -> out.write(CONTENT)))
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> store.delete(List.of(KEY))).isInstanceOf(IOException.class);
      proxy.play(request -> Fault.NONE);
      assertThat(store.get(KEY, MAX_BYTES)).contains(CONTENT);
    }
  }

  @Test
  void anyRequest_serverThatFallsSilentOnce_isAskedAgain() throws IOException {
    store = impatient.open(S3TestServer.destination(path, proxy.port()));
    know();
    byte[] content = random(300_000);
    for (Fault fault : List.of(Fault.silence(), Fault.silenceAfter(100))) {
      AtomicInteger left = new AtomicInteger(1);
      proxy.play(request -> times(left, fault));
      store.put(KEY, content);
      left.set(1);
      assertThat(store.get(KEY, MAX_BYTES).orElseThrow()).isEqualTo(content);
      left.set(1);
      assertThat(list("v/")).containsExactly(KEY.value());
      left.set(1);
      store.delete(List.of(KEY));
      assertThat(store.get(KEY, MAX_BYTES)).isEmpty();
    }
  }

  @Test
  void anyRequest_serverThatIsSilent_isAnErrorThatSaysSo() throws IOException {
    store = impatient.open(S3TestServer.destination(path, proxy.port()));
    know();
    store.put(KEY, random(300_000));
    proxy.play(request -> Fault.silence());

    List<ThrowingCallable> operations =
        List.of(
            () -> store.get(KEY, MAX_BYTES),
            () -> list("v/"),
            () -> store.put(KEY, CONTENT),
            () -> store.delete(List.of(KEY)));
    // Each waits three times; they do so together.
    operations.parallelStream()
        .forEach(
            operation ->
                assertThatThrownBy(operation)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("did not answer in time"));
  }

  @Test
  void get_bodyCutOnce_isAskedForAgain() throws IOException {
    know();
    byte[] content = random(1_000_000);
    store.put(KEY, content);
    AtomicInteger left = new AtomicInteger(1);
    proxy.play(request -> times(left, Fault.cutAfter(500_000)));

    assertThat(store.get(KEY, MAX_BYTES).orElseThrow()).isEqualTo(content);
    assertThat(proxy.count("GET", KEY.value())).isEqualTo(2);
  }

  @Test
  void get_bodyCutAlways_isAnError() throws IOException {
    know();
    store.put(KEY, random(1_000_000));
    proxy.play(request -> Fault.cutAfter(999_999));

    assertThatThrownBy(() -> store.get(KEY, MAX_BYTES))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("v/x");
  }

  @Test
  void open_cutInTheMiddle_goesOnWhereItWas() throws IOException {
    know();
    byte[] content = random(3 * S3Reading.PART_BYTES + 17);
    store.put(KEY, content);
    AtomicInteger left = new AtomicInteger(2);
    proxy.play(
        request ->
            request.header("Range").orElse("").startsWith("bytes=" + S3Reading.PART_BYTES)
                ? times(left, Fault.cutAfter(100_000))
                : Fault.NONE);

    try (InputStream in = store.open(KEY).orElseThrow()) {
      assertThat(Arrays.equals(in.readAllBytes(), content)).isTrue();
    }
    assertThat(proxy.count("GET", KEY.value())).isEqualTo(6);
  }

  @Test
  void open_replacedWhileRead_isAnErrorAndNotAMixture() throws IOException {
    store.put(KEY, random(2 * S3Reading.PART_BYTES));

    try (InputStream in = store.open(KEY).orElseThrow()) {
      assertThat(in.read()).isNotNegative();
      store.put(KEY, new byte[2 * S3Reading.PART_BYTES]);
      assertThatThrownBy(in::readAllBytes)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("replaced");
    }
  }

  @Test
  void open_emptyObject_isAnEmptyStream() throws IOException {
    store.put(KEY, new byte[0]);

    try (InputStream in = store.open(KEY).orElseThrow()) {
      assertThat(in.read()).isNegative();
    }
  }

  @Test
  void create_answerLost_knowsItsOwnWrite() throws IOException {
    know();
    AtomicInteger left = new AtomicInteger(1);
    proxy.play(request -> request.is("PUT", "") ? times(left, Fault.answerLost()) : Fault.NONE);

    assertThat(store.create(KEY, CONTENT)).isTrue();
    assertThat(proxy.count("PUT", KEY.value())).isEqualTo(2);
    assertThat(store.create(KEY, CONTENT)).isFalse();
  }

  @Test
  void create_answerLostWhileAnotherWasFirst_isRefused() throws IOException {
    know();
    store.create(KEY, CONTENT);
    AtomicInteger left = new AtomicInteger(1);
    proxy.play(request -> request.is("PUT", "") ? times(left, Fault.answerLost()) : Fault.NONE);

    assertThat(store.create(KEY, CONTENT)).isFalse();
  }

  @Test
  void create_refusedAndThenNobodyAnswers_isAnError() throws IOException {
    know();
    store.create(KEY, CONTENT);
    proxy.play(request -> request.is("HEAD", "") ? Fault.error(500, "x") : Fault.NONE);

    assertThatThrownBy(() -> store.create(KEY, CONTENT)).isInstanceOf(IOException.class);
  }

  @Test
  void create_conflictWithAnotherWrite_isTriedAgain() throws IOException {
    know();
    AtomicInteger left = new AtomicInteger(2);
    proxy.play(
        request ->
            request.is("PUT", "")
                ? times(left, Fault.error(409, "ConditionalRequestConflict"))
                : Fault.NONE);

    assertThat(store.create(KEY, CONTENT)).isTrue();
  }

  @Test
  void list_anyPageFailing_isAnErrorAndDeletesNothing() throws IOException {
    know();
    List<String> keys = IntStream.range(0, 2_100).mapToObj(i -> "many/%04d".formatted(i)).toList();
    try (ObjectStore direct =
        stores.open(S3TestServer.shared(Authorization.SIGNED).destination(path))) {
      for (String key : keys) {
        direct.putUnsynced(new ObjectKey(key), ByteBuffer.allocate(0));
      }
    }
    for (int page = 0; page < 3; page++) {
      int failing = page;
      AtomicInteger pages = new AtomicInteger();
      // Each page is asked for three times before that is given up.
      proxy.play(
          request ->
              request.is("GET", "list-type=2") && pages.getAndIncrement() >= failing
                  ? Fault.error(500, "InternalError")
                  : Fault.NONE);
      assertThatThrownBy(() -> list("many/"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("many/");
      assertThat(proxy.requests()).allMatch(request -> request.is("GET", "list-type=2"));
    }
    proxy.play(request -> Fault.NONE);
    assertThat(list("many/")).isEqualTo(keys);
    assertThat(proxy.count("GET", "list-type=2")).isEqualTo(3);

    store.delete(keys.stream().map(ObjectKey::new).toList());
    assertThat(proxy.count("POST", "delete")).isEqualTo(9);
    assertThat(list("many/")).isEmpty();
  }

  @Test
  void list_pageThatPromisesMoreAndDoesNotSayHow_isAnError() throws IOException {
    know();
    store.put(KEY, CONTENT);
    for (String wrong : List.of("<IsTruncated>true</IsTruncated>", "")) {
      proxy.play(
          request ->
              Fault.answer(
                  xml(
                      "<ListBucketResult><Name>b</Name><KeyCount>0</KeyCount>%s</ListBucketResult>"
                          .formatted(wrong))));
      assertThatThrownBy(() -> list("v/")).isInstanceOf(IOException.class);
    }
  }

  private static String xml(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: %s\r\nConnection: close\r\n\r\n%s"
        .formatted(body.length(), body);
  }

  @Test
  void list_pageOfOtherKeys_isAnError() throws IOException {
    proxy.play(
        request ->
            Fault.answer(
                xml(
                    "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>w/else</Key><Size>1</Size></Contents></ListBucketResult>")));

    assertThatThrownBy(() -> list("v/"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("w/else");
  }

  @Test
  void delete_keyThatIsNotAnsweredOrRefused_isAnErrorThatNamesIt() throws IOException {
    know();
    store.put(KEY, CONTENT);
    proxy.play(
        request ->
            request.is("POST", "delete") ? Fault.answer(xml("<DeleteResult/>")) : Fault.NONE);
    assertThatThrownBy(() -> store.delete(List.of(KEY)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("v/x")
        .hasMessageContaining("no answer");

    proxy.play(
        request ->
            request.is("POST", "delete")
                ? Fault.answer(
                    xml(
                        "<DeleteResult><Error><Key>%sv/x</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>"
                            .formatted(path)))
                : Fault.NONE);
    assertThatThrownBy(() -> store.delete(List.of(KEY)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("v/x")
        .hasMessageContaining("AccessDenied");
  }

  @Test
  void server_withoutBatchDeletes_isAskedOneByOne() throws IOException {
    proxy.play(
        request -> request.is("POST", "delete") ? Fault.error(501, "NotImplemented") : Fault.NONE);
    for (int i = 0; i < 5; i++) {
      store.put(new ObjectKey("v/" + i), CONTENT);
    }

    store.delete(List.of(new ObjectKey("v/1"), new ObjectKey("v/3"), new ObjectKey("v/none")));

    assertThat(list("v/")).containsExactly("v/0", "v/2", "v/4");
    assertThat(list(S3Probe.PREFIX)).isEmpty();
  }

  @Test
  void server_thatRefusesChecksums_isWrittenToWithout() throws IOException {
    proxy.play(
        request ->
            request.is("PUT", "") && request.hasHeader("x-amz-checksum-crc32")
                ? Fault.error(400, "InvalidRequest")
                : Fault.NONE);

    store.put(KEY, CONTENT);
    assertThat(store.create(KEY, CONTENT)).isFalse();
    store.delete(List.of(KEY));

    assertThat(store.get(KEY, MAX_BYTES)).isEmpty();
  }

  @Test
  void server_thatStoresTheFramingAsData_isRefusedByName() {
    proxy.play(
        request ->
            request.is("GET", S3Probe.PREFIX)
                ? Fault.answer(
                    "HTTP/1.1 200 OK\r\nContent-Length: 31\r\nConnection: close\r\n\r\n7;chunk-signature=abc\r\ncontent\r")
                : Fault.NONE);

    assertThatThrownBy(() -> store.put(KEY, CONTENT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("can't hold backups")
        .hasMessageContaining("aws-chunked");
  }

  @Test
  void server_thatGivesOtherBytesBack_isRefused() throws IOException {
    proxy.play(
        request ->
            request.is("GET", S3Probe.PREFIX)
                ? Fault.spoil(
                    body -> {
                      body[0] ^= 1;
                      return body;
                    })
                : Fault.NONE);

    assertThatThrownBy(() -> store.put(KEY, CONTENT)).isInstanceOf(IOException.class);
    proxy.play(request -> Fault.NONE);
    store.put(KEY, CONTENT);
  }

  /** The object is read back while it is stored a second time. */
  @Test
  void server_thatReplacedTheObjectBeforeItIsRead_isOneThatIgnoresTheCondition()
      throws IOException {
    open(Authorization.ANY);
    proxy.play(
        request ->
            request.is("GET", S3Probe.PREFIX)
                ? Fault.spoil(body -> "second".getBytes(US_ASCII))
                : Fault.withoutHeader("If-None-Match"));

    assertThat(((S3ObjectStore) store).traits().createsAtomically()).isFalse();
  }

  @Test
  void server_thatGivesBackWhatItRefused_isRefused() {
    proxy.play(
        request ->
            request.is("GET", S3Probe.PREFIX)
                ? Fault.spoil(body -> "second".getBytes(US_ASCII))
                : Fault.NONE);

    assertThatThrownBy(() -> ((S3ObjectStore) store).traits())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("can't hold backups");
  }

  @Test
  void close_whileTheServerIsTried_leavesNothing() throws IOException {
    store.prepare();
    stores.close();

    assertThat(proxy.count("PUT", S3Probe.PREFIX)).isEqualTo(2);
    try (S3Stores others = new S3Stores(SILENCE)) {
      store = others.open(S3TestServer.destination(path, proxy.port()));
      assertThat(list(S3Probe.PREFIX)).isEmpty();
    }
  }

  @Test
  void create_onAServerThatIgnoresTheCondition_keepsTheFirst() throws Exception {
    open(Authorization.ANY);
    proxy.play(request -> Fault.withoutHeader("If-None-Match"));
    AtomicInteger wins = new AtomicInteger();
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      byte[] content = ("contender " + i).getBytes(US_ASCII);
      tasks.add(
          () -> {
            if (store.create(KEY, content)) {
              wins.incrementAndGet();
              assertThat(store.get(KEY, MAX_BYTES)).contains(content);
            }
            return null;
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      for (Future<Void> task : threads.invokeAll(tasks)) {
        task.get();
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(wins.get()).isEqualTo(1);
    assertThat(store.create(KEY, CONTENT)).isFalse();
  }

  @Test
  void lock_onAServerThatRefusesTheCondition_isOneHoldersAtATime() throws Exception {
    open(Authorization.ANY);
    proxy.play(
        request ->
            request.hasHeader("If-None-Match") ? Fault.error(501, "NotImplemented") : Fault.NONE);
    know();
    BackupLayout layout = new BackupLayout("vol1");
    StoreLock.Timing timing = new StoreLock.Timing(Duration.ofSeconds(30), Duration.ofMillis(1));
    AtomicInteger holders = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger held = new AtomicInteger();
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      tasks.add(
          () -> {
            try (StoreLock lock = StoreLock.acquire(store, layout, timing, "host")) {
              most.accumulateAndGet(holders.incrementAndGet(), Math::max);
              lock.confirm();
              held.incrementAndGet();
              holders.decrementAndGet();
            } catch (InUseException e) {
              assertThat(e).hasMessageContaining("vol1");
            }
            return null;
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      for (Future<Void> task : threads.invokeAll(tasks)) {
        task.get();
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(held.get()).isPositive();
    assertThat(most.get()).isEqualTo(1);
  }

  @Test
  void create_onAServerWithoutConditionsThatIsSlow_isUnknown() throws IOException {
    open(Authorization.ANY);
    proxy.play(request -> Fault.withoutHeader("If-None-Match"));
    know();
    proxy.play(
        request -> {
          if (request.is("PUT", "")) {
            sleep(S3ObjectStore.SETTLING.dividedBy(2).plusMillis(200));
          }
          return Fault.NONE;
        });

    assertThatThrownBy(() -> store.create(KEY, CONTENT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("too long");
  }

  private static void sleep(Duration duration) {
    try {
      Thread.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void failures_sayWhatToDo() throws IOException {
    know();
    record Case(Fault fault, List<String> says) {}
    for (Case each :
        List.of(
            new Case(Fault.error(403, "AccessDenied"), List.of("access denied", "AccessDenied")),
            new Case(Fault.error(403, "InvalidAccessKeyId"), List.of("access key", "credentials")),
            new Case(
                Fault.error(403, "SignatureDoesNotMatch"), List.of("secret key", "credentials")),
            new Case(Fault.error(400, "ExpiredToken"), List.of("session token")),
            new Case(Fault.error(403, "RequestTimeTooSkewed"), List.of("clock")),
            new Case(
                Fault.error(301, "PermanentRedirect", "x-amz-bucket-region: eu-west-3\r\n"),
                List.of("another region, eu-west-3", "s3://backups@eu-west-3/")),
            new Case(
                Fault.error(
                    400, "AuthorizationHeaderMalformed", "x-amz-bucket-region: eu-west-3\r\n"),
                List.of("another region, eu-west-3")),
            new Case(Fault.error(404, "NoSuchBucket"), List.of("no bucket 'backups'")),
            new Case(Fault.error(503, "SlowDown"), List.of("the server failed", "503 SlowDown")),
            new Case(Fault.reset(), List.of("connection", "broke")))) {
      proxy.play(request -> each.fault);
      assertThatThrownBy(() -> list("v/"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Can't list v/ in s3://backups@us-east-1/" + path)
          .satisfies(e -> assertThat(e.getMessage()).contains(each.says))
          .satisfies(
              e ->
                  assertThat(e.getMessage())
                      .doesNotContain("\n", S3TestServer.SECRET_KEY, S3TestServer.ACCESS_KEY));
    }
  }

  @Test
  void realServer_wrongKeyOrBucket_saysSo() throws IOException {
    S3TestServer server = S3TestServer.shared(Authorization.SIGNED);
    BackupDestination elsewhere =
        BackupDestination.parse("s3://no-such-bucket@us-east-1/x/")
            .withEndpoint(Optional.of(server.endpoint().toString()));
    try (ObjectStore none = stores.open(elsewhere)) {
      assertThatThrownBy(() -> none.list("v/", (key, size) -> {}))
          .hasMessageContaining("there is no bucket 'no-such-bucket'");
      assertThatThrownBy(() -> none.sizeBytes(KEY)).hasMessageContaining("there is no bucket");
      assertThatThrownBy(() -> none.get(KEY, 10)).hasMessageContaining("there is no bucket");
      assertThatThrownBy(() -> none.put(KEY, CONTENT)).hasMessageContaining("there is no bucket");
      assertThatThrownBy(() -> none.create(KEY, CONTENT))
          .hasMessageContaining("there is no bucket");
      assertThatThrownBy(() -> none.delete(List.of(KEY)))
          .hasMessageContaining("there is no bucket");
    }
    System.setProperty("aws.secretAccessKey", "wrong-secret-never-shown");
    try (S3Stores wrong = new S3Stores()) {
      assertThatThrownBy(() -> wrong.open(server.destination(path)).list("v/", (key, size) -> {}))
          .hasMessageContaining("secret key")
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("never-shown"));
    } finally {
      S3TestServer.useCredentials();
    }
  }

  @Test
  void noCredentials_saysWhereToPutThem() throws IOException {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
    try (S3Stores none = new S3Stores()) {
      assertThatThrownBy(
              () ->
                  none.open(S3TestServer.destination(path, proxy.port()))
                      .list("v/", (key, size) -> {}))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no credentials were found");
    } finally {
      S3TestServer.useCredentials();
    }
  }

  @Test
  void serverDown_saysSo() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (ObjectStore down = stores.open(S3TestServer.destination(path, port))) {
      assertThatThrownBy(() -> down.get(KEY, 10))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("127.0.0.1:" + port)
          .hasMessageContaining("can't be reached");
    }
    BackupDestination unknown =
        BackupDestination.parse("s3://bucket/x/")
            .withEndpoint(Optional.of("http://nowhere.invalid:9000"));
    try (ObjectStore nowhere = stores.open(unknown)) {
      assertThatThrownBy(() -> nowhere.get(KEY, 10))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is not known");
    }
  }

  @Test
  void upload_inParts_isOneObject() throws IOException {
    know();
    byte[] content = random(12 * 1024 * 1024 + 5);
    S3Location location = S3Location.of(S3TestServer.destination(path, proxy.port()));
    try (S3Connection connection = new S3Connection(S3Access.of(location), S3Clients.SILENCE)) {
      S3Upload upload = new S3Upload(connection, location, 5L * 1024 * 1024);
      upload.put(KEY, ByteSource.wrap(content));

      assertThat(Arrays.equals(store.get(KEY, MAX_BYTES).orElseThrow(), content)).isTrue();
      assertThat(proxy.count("PUT", "partNumber=")).isEqualTo(3);

      store.delete(List.of(KEY));
      proxy.play(
          request ->
              request.is("PUT", "partNumber=2") ? Fault.error(403, "AccessDenied") : Fault.NONE);
      assertThatThrownBy(() -> upload.put(KEY, ByteSource.wrap(content)))
          .isInstanceOf(IOException.class);
      assertThat(store.get(KEY, MAX_BYTES)).isEmpty();
      assertThat(proxy.count("DELETE", "uploadId=")).isEqualTo(1);
    }
  }

  @Test
  void get_longerThanAllowed_readsNoneOfIt() throws IOException {
    know();
    store.put(KEY, random(1_000_000));

    assertThatThrownBy(() -> store.get(KEY, 1000))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("1000000");
  }
}
