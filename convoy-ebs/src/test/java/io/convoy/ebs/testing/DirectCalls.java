package io.convoy.ebs.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.ebs.testing.Cloud.Seen;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The EBS direct APIs, as far as they read. */
final class DirectCalls {
  private static final Pattern PATH =
      Pattern.compile("/snapshots/(snap-[0-9a-f]+)/(blocks|changedblocks)(?:/([0-9]+))?");
  private static final int LEAST_RESULTS = 100;
  private static final int MOST_RESULTS = 10000;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Cloud cloud;
  private final Map<String, BitSet> written = new ConcurrentHashMap<>();
  private volatile Duration tokenLife = Duration.ofDays(7);

  DirectCalls(Cloud cloud) {
    this.cloud = cloud;
  }

  /** An answer: a body, and where it is a block its checksum. */
  @SuppressWarnings("ArrayRecordComponent")
  record Answer(byte[] body, Optional<String> checksum) {}

  void setTokenLife(Duration life) {
    tokenLife = life;
  }

  /** Returns which action a request is. */
  static String action(String method, String path) {
    Matcher matcher = PATH.matcher(path);
    if (!method.equals("GET") || !matcher.matches()) {
      return "Unknown";
    }
    return matcher.group(2).equals("changedblocks")
        ? "ListChangedBlocks"
        : matcher.group(3) == null ? "ListSnapshotBlocks" : "GetSnapshotBlock";
  }

  Answer answer(String method, String path, Map<String, String> query) {
    Matcher matcher = PATH.matcher(path);
    if (!method.equals("GET") || !matcher.matches()) {
      throw new ApiException(404, "UnknownOperationException", method + " " + path);
    }
    String snapshot = matcher.group(1);
    return switch (action(method, path)) {
      case "ListSnapshotBlocks" -> {
        checkKnown(query, Set.of("pageToken", "maxResults", "startingBlockIndex"));
        yield list(query, completed(snapshot), Optional.empty());
      }
      case "ListChangedBlocks" -> {
        checkKnown(
            query, Set.of("firstSnapshotId", "pageToken", "maxResults", "startingBlockIndex"));
        CloudSnapshot first =
            completed(Optional.ofNullable(query.get("firstSnapshotId")).orElse(""));
        CloudSnapshot second = completed(snapshot);
        if (!first.volumeId().equals(second.volumeId())) {
          throw invalid("UNRELATED_SNAPSHOTS", "The snapshots are not of one volume");
        }
        yield list(query, second, Optional.of(first));
      }
      default -> {
        checkKnown(query, Set.of("blockToken"));
        yield block(completed(snapshot), Integer.parseInt(matcher.group(3)), query);
      }
    };
  }

  private static void checkKnown(Map<String, String> query, Set<String> known) {
    for (String name : query.keySet()) {
      if (!known.contains(name)) {
        throw invalid("INVALID_PARAMETER_VALUE", "Unknown parameter " + name);
      }
    }
  }

  private static ApiException invalid(String reason, String message) {
    return new ApiException(400, "ValidationException:" + reason, message);
  }

  private CloudSnapshot completed(String id) {
    Seen<CloudSnapshot, SnapshotView> found;
    try {
      found = cloud.snapshot(id);
    } catch (ApiException e) {
      throw new ApiException(
          404, "ResourceNotFoundException:SNAPSHOT_NOT_FOUND", "The snapshot does not exist");
    }
    if (!found.view().state().equals("completed")) {
      throw invalid("INVALID_SNAPSHOT_ID", "The snapshot is not completed");
    }
    return found.thing();
  }

  private BitSet written(CloudSnapshot snapshot) {
    return written.computeIfAbsent(snapshot.id(), id -> Images.written(snapshot.image()));
  }

  private Answer list(
      Map<String, String> query, CloudSnapshot snapshot, Optional<CloudSnapshot> first) {
    int start = number(query, "startingBlockIndex", 0);
    if (query.containsKey("pageToken")) {
      Matcher page = Pattern.compile("page([0-9]+)").matcher(query.get("pageToken"));
      if (!page.matches()) {
        throw invalid("INVALID_PAGE_TOKEN", "The page token is not valid");
      }
      start = Integer.parseInt(page.group(1));
    }
    int most = number(query, "maxResults", MOST_RESULTS);
    if (most < LEAST_RESULTS || most > MOST_RESULTS) {
      throw invalid("INVALID_PARAMETER_VALUE", "maxResults is not between 100 and 10000");
    }
    TreeSet<Integer> indexes = new TreeSet<>();
    if (first.isPresent()) {
      BitSet either = (BitSet) written(snapshot).clone();
      either.or(written(first.get()));
      either.stream()
          .filter(
              i ->
                  !Arrays.equals(
                      Images.block(first.get().image(), i), Images.block(snapshot.image(), i)))
          .forEach(indexes::add);
    } else {
      written(snapshot).stream().forEach(indexes::add);
    }
    ObjectNode body = MAPPER.createObjectNode();
    ArrayNode blocks = body.putArray(first.isPresent() ? "ChangedBlocks" : "Blocks");
    Instant expiry = Instant.now().plus(tokenLife);
    int count = 0;
    for (int index : indexes.tailSet(start)) {
      if (count == most) {
        body.put("NextToken", "page" + index);
        break;
      }
      ObjectNode block = blocks.addObject().put("BlockIndex", index);
      if (first.isEmpty()) {
        block.put("BlockToken", token(snapshot.id(), index, expiry));
      } else {
        if (written(first.get()).get(index)) {
          block.put("FirstBlockToken", token(first.get().id(), index, expiry));
        }
        if (written(snapshot).get(index)) {
          block.put("SecondBlockToken", token(snapshot.id(), index, expiry));
        }
      }
      count++;
    }
    body.put("ExpiryTime", expiry.toEpochMilli() / 1000.0);
    body.put("VolumeSize", snapshot.size());
    body.put("BlockSize", Images.BLOCK_BYTES);
    return new Answer(body.toString().getBytes(StandardCharsets.UTF_8), Optional.empty());
  }

  private static int number(Map<String, String> query, String name, int otherwise) {
    try {
      return query.containsKey(name) ? Integer.parseInt(query.get(name)) : otherwise;
    } catch (NumberFormatException e) {
      throw invalid("INVALID_PARAMETER_VALUE", name + " is not a number");
    }
  }

  private static String token(String snapshot, int index, Instant expiry) {
    return Base64.getEncoder()
        .encodeToString(
            (snapshot + ":" + index + ":" + expiry.toEpochMilli())
                .getBytes(StandardCharsets.US_ASCII));
  }

  private Answer block(CloudSnapshot snapshot, int index, Map<String, String> query) {
    String token = Optional.ofNullable(query.get("blockToken")).orElse("");
    String[] parts;
    try {
      parts =
          new String(Base64.getDecoder().decode(token), StandardCharsets.US_ASCII).split(":", -1);
    } catch (IllegalArgumentException e) {
      throw invalid("INVALID_BLOCK_TOKEN", "The block token is not valid");
    }
    if (parts.length != 3
        || !parts[0].equals(snapshot.id())
        || !parts[1].equals(Integer.toString(index))
        || Long.parseLong(parts[2]) < System.currentTimeMillis()) {
      throw invalid("INVALID_BLOCK_TOKEN", "The block token is not valid, or has expired");
    }
    byte[] block = Images.block(snapshot.image(), index);
    try {
      return new Answer(
          block,
          Optional.of(
              Base64.getEncoder()
                  .encodeToString(MessageDigest.getInstance("SHA-256").digest(block))));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
