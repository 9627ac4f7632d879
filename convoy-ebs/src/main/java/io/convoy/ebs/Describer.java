package io.convoy.ebs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Asks what volumes are like now. Those who ask within a short time are answered by one call: when
 * ten containers start, Amazon is not asked ten times.
 */
final class Describer {
  private final Ec2 ec2;
  private final Pace pace;
  private final Map<String, CompletableFuture<Optional<EbsVolume>>> waiting = new HashMap<>();

  Describer(Ec2 ec2, Pace pace) {
    this.ec2 = ec2;
    this.pace = pace;
  }

  /** Returns a volume, or empty if Amazon does not show it. */
  Optional<EbsVolume> describe(String id) throws IOException {
    CompletableFuture<Optional<EbsVolume>> answer;
    boolean first;
    synchronized (this) {
      first = waiting.isEmpty();
      answer = waiting.computeIfAbsent(id, key -> new CompletableFuture<>());
    }
    if (first) {
      askForAll();
    }
    try {
      return answer.get(pace.callLimit().toMillis() * 2, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      // A new one, with the stack of whoever asked.
      throw new IOException(e.getCause().getMessage(), e.getCause());
    } catch (java.util.concurrent.TimeoutException e) {
      throw new IOException("Volume %s was not described in time".formatted(id), e);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private void askForAll() throws InterruptedIOException {
    try {
      TimeUnit.MILLISECONDS.sleep(pace.batchWindow().toMillis());
    } catch (InterruptedException e) {
      fail(takeAll(), new IOException("interrupted"));
      throw interrupted();
    }
    Map<String, CompletableFuture<Optional<EbsVolume>>> asked = takeAll();
    List<String> ids = new ArrayList<>(asked.keySet());
    try {
      Map<String, EbsVolume> found = new HashMap<>();
      for (int i = 0; i < ids.size(); i += Ec2.MOST_FILTER_VALUES) {
        found.putAll(ec2.volumes(ids.subList(i, Math.min(ids.size(), i + Ec2.MOST_FILTER_VALUES))));
      }
      asked.forEach((id, answer) -> answer.complete(Optional.ofNullable(found.get(id))));
    } catch (IOException | RuntimeException e) {
      fail(asked, e);
    }
  }

  private synchronized Map<String, CompletableFuture<Optional<EbsVolume>>> takeAll() {
    Map<String, CompletableFuture<Optional<EbsVolume>>> taken = new HashMap<>(waiting);
    waiting.clear();
    return taken;
  }

  private static void fail(
      Map<String, CompletableFuture<Optional<EbsVolume>>> asked, Exception cause) {
    asked.values().forEach(answer -> answer.completeExceptionally(cause));
  }

  static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted while waiting for Amazon");
  }
}
