package io.convoy.objectstore.testing;

import io.convoy.objectstore.ObjectKey;
import io.convoy.objectstore.ObjectStore;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** Passes everything on to another store, except that operations fail. */
public final class FailingObjectStore implements ObjectStore {
  /** When an operation fails. */
  public enum Mode {
    /** Before anything is done. */
    BEFORE,
    /** After all of it is done: the answer is lost. What is opened fails while it is read. */
    AFTER
  }

  private final ObjectStore store;
  private final Mode mode;
  private final AtomicLong operations = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final Predicate<Operation> fails;

  /**
   * An operation on the store.
   *
   * @param number counts from 0
   * @param name the method's
   * @param key the object's, or the prefix; of several objects, each is an operation
   */
  public record Operation(long number, String name, String key) {}

  /** Makes a store of which one operation fails, counted from 0; none if it is negative. */
  public FailingObjectStore(ObjectStore store, long failing, Mode mode) {
    this(store, mode, operation -> operation.number() == failing);
  }

  /** Makes a store of which all operations fail that {@code fails} says so of. */
  public FailingObjectStore(ObjectStore store, Mode mode, Predicate<Operation> fails) {
    this.store = store;
    this.mode = mode;
    this.fails = fails;
  }

  /** Returns how many operations there were. */
  public long operations() {
    return operations.get();
  }

  /** Returns whether an operation failed. */
  public boolean hasFailed() {
    return failures.get() > 0;
  }

  @Override
  public boolean create(ObjectKey key, byte[] content) throws IOException {
    return run("create", key.value(), () -> store.create(key, content));
  }

  @Override
  public void put(ObjectKey key, byte[] content) throws IOException {
    run("put", key.value(), () -> store.put(key, content));
  }

  @Override
  public void put(ObjectKey key, ContentWriter writer) throws IOException {
    run("put", key.value(), () -> store.put(key, writer));
  }

  @Override
  public long putUnsynced(ObjectKey key, ByteBuffer content) throws IOException {
    return run("putUnsynced", key.value(), () -> store.putUnsynced(key, content));
  }

  @Override
  public void sync() throws IOException {
    run("sync", "", store::sync);
  }

  @Override
  public Optional<byte[]> get(ObjectKey key, int maxBytes) throws IOException {
    return run("get", key.value(), () -> store.get(key, maxBytes));
  }

  @Override
  public boolean read(ObjectKey key, ByteBuffer room) throws IOException {
    return run("read", key.value(), () -> store.read(key, room));
  }

  @Override
  public Optional<InputStream> open(ObjectKey key) throws IOException {
    Optional<IOException> failure = next("open", key.value());
    if (failure.isPresent() && mode == Mode.BEFORE) {
      throw failure.get();
    }
    Optional<InputStream> stream = store.open(key);
    return failure.isEmpty() ? stream : stream.map(in -> new FailingInput(in, failure.get()));
  }

  @Override
  public OptionalLong sizeBytes(ObjectKey key) throws IOException {
    return run("sizeBytes", key.value(), () -> store.sizeBytes(key));
  }

  @Override
  public void list(String prefix, ObjectListener listener) throws IOException {
    run("list", prefix, () -> store.list(prefix, listener));
  }

  @Override
  public List<String> listDirectories(String prefix) throws IOException {
    return run("listDirectories", prefix, () -> store.listDirectories(prefix));
  }

  @Override
  public void delete(Collection<ObjectKey> keys, Guard guard) throws IOException {
    IOException failure = null;
    for (ObjectKey key : keys) {
      guard.check();
      try {
        run("delete", key.value(), () -> store.delete(List.of(key)));
      } catch (IOException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** The store below stays open: it is the test's. */
  @Override
  public void close() {}

  private interface Action {
    void run() throws IOException;
  }

  private interface Question<T> {
    T ask() throws IOException;
  }

  private void run(String name, String key, Action action) throws IOException {
    Optional<IOException> failure = next(name, key);
    if (failure.isEmpty() || mode == Mode.AFTER) {
      action.run();
    }
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  private <T> T run(String name, String key, Question<T> question) throws IOException {
    Optional<IOException> failure = next(name, key);
    if (failure.isPresent()) {
      if (mode == Mode.AFTER) {
        question.ask();
      }
      throw failure.get();
    }
    return question.ask();
  }

  private Optional<IOException> next(String name, String key) {
    Operation operation = new Operation(operations.getAndIncrement(), name, key);
    if (!fails.test(operation)) {
      return Optional.empty();
    }
    failures.incrementAndGet();
    return Optional.of(
        new IOException(
            "injected: %s of %s (operation %s, %s)"
                .formatted(name, key, operation.number(), mode)));
  }

  private static final class FailingInput extends FilterInputStream {
    private final IOException failure;

    FailingInput(InputStream in, IOException failure) {
      super(in);
      this.failure = failure;
    }

    @Override
    public int read() throws IOException {
      throw failure;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      throw failure;
    }
  }
}
