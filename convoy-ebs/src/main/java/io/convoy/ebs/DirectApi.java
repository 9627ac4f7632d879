package io.convoy.ebs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ebs.EbsClient;
import software.amazon.awssdk.services.ebs.model.Block;
import software.amazon.awssdk.services.ebs.model.ChangedBlock;
import software.amazon.awssdk.services.ebs.model.GetSnapshotBlockResponse;

/** The EBS direct APIs: reads snapshots without a volume. */
final class DirectApi {
  /** The unit of these APIs; Amazon has no other. */
  static final int BLOCK_BYTES = 512 * 1024;

  private final EbsClient client;

  DirectApi(EbsClient client) {
    this.client = client;
  }

  private static <T> T call(String what, Supplier<T> call) throws Ec2Exception {
    try {
      return call.get();
    } catch (SdkException e) {
      throw Ec2Exception.of(what, e);
    }
  }

  /** Returns the blocks of a snapshot that hold something, with the tokens to read them. */
  NavigableMap<Integer, String> blocks(String snapshotId) throws IOException {
    return call(
        "List of the blocks of snapshot " + snapshotId,
        () -> {
          TreeMap<Integer, String> tokens = new TreeMap<>();
          for (var page : client.listSnapshotBlocksPaginator(r -> r.snapshotId(snapshotId))) {
            for (Block block : page.blocks()) {
              tokens.put(block.blockIndex(), block.blockToken());
            }
          }
          return tokens;
        });
  }

  /** Returns the indexes, in order, of the blocks that differ between two snapshots. */
  List<Integer> changedBlocks(String first, String second) throws IOException {
    return call(
        "List of the blocks that changed from snapshot %s to %s".formatted(first, second),
        () -> {
          List<Integer> changed = new ArrayList<>();
          for (var page :
              client.listChangedBlocksPaginator(
                  r -> r.firstSnapshotId(first).secondSnapshotId(second))) {
            for (ChangedBlock block : page.changedBlocks()) {
              changed.add(block.blockIndex());
            }
          }
          changed.sort(Integer::compare);
          return changed;
        });
  }

  /** Returns a block, checked against the sum that comes with it. */
  ByteBuffer read(String snapshotId, int index, String token) throws IOException {
    String what = "Block %s of snapshot %s".formatted(index, snapshotId);
    ResponseBytes<GetSnapshotBlockResponse> answer =
        call(
            what,
            () ->
                client.getSnapshotBlockAsBytes(
                    r -> r.snapshotId(snapshotId).blockIndex(index).blockToken(token)));
    byte[] data = answer.asByteArrayUnsafe();
    if (data.length != BLOCK_BYTES) {
      throw new IOException(
          "%s has %s bytes, expected %s".formatted(what, data.length, BLOCK_BYTES));
    }
    String sum;
    try {
      sum = Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(data));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    if (!sum.equals(answer.response().checksum())) {
      throw new IOException(
          "%s arrived with SHA-256 %s, expected %s"
              .formatted(what, sum, answer.response().checksum()));
    }
    return ByteBuffer.wrap(data);
  }
}
