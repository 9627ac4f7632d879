package io.convoy.objectstore;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Named objects, written whole. Safe for several threads, processes and hosts at a time.
 *
 * <p>A missing object is an empty answer; every {@link IOException} means that the answer is not
 * known, or that the fate of a write is not.
 */
// Add a method only when every store needs it: each one is written and tested per store.
public interface ObjectStore extends AutoCloseable {
  /**
   * Begins to find out what the first write needs to know of the store, for which it may write
   * something itself, and returns at once. What goes wrong with that, the first write tells of.
   */
  default void prepare() {}

  /**
   * Stores an object unless there is one of that key, whole and on stable storage.
   *
   * @return false if there is one; it stays as it was
   */
  boolean create(ObjectKey key, byte[] content) throws IOException;

  /** Stores an object, whole and on stable storage, in place of the one that may be there. */
  void put(ObjectKey key, byte[] content) throws IOException;

  /** Stores an object like {@link #put}, from what {@code writer} writes. */
  void put(ObjectKey key, ContentWriter writer) throws IOException;

  /**
   * Stores an object like {@link #put}, except that it may get lost with the host until {@link
   * #sync} returns.
   *
   * @return how many bytes of it wait in the host's memory, for {@link #sync} to write them
   */
  long putUnsynced(ObjectKey key, ByteBuffer content) throws IOException;

  /** Returns when all that this store object was given is on stable storage. */
  void sync() throws IOException;

  /**
   * Returns an object's content, or empty if there is none.
   *
   * @param maxBytes the longest content that is read
   * @throws io.convoy.core.CorruptDataException if it is longer
   */
  Optional<byte[]> get(ObjectKey key, int maxBytes) throws IOException;

  /**
   * Reads an object's content to the start of {@code room}, and sets the limit behind it.
   *
   * @return false if there is no such object
   * @throws io.convoy.core.CorruptDataException if it is longer than {@code room}'s capacity
   */
  boolean read(ObjectKey key, ByteBuffer room) throws IOException;

  /** Returns a stream of an object's content, or empty if there is none. */
  Optional<InputStream> open(ObjectKey key) throws IOException;

  /** Returns an object's length, or empty if there is none. */
  OptionalLong sizeBytes(ObjectKey key) throws IOException;

  /**
   * Tells {@code listener} all objects whose keys start with {@code prefix}, in order of key.
   *
   * @param prefix ends with {@code /}, so that {@code vol1/} has nothing of {@code vol10}
   * @throws IOException if not all of them could be listed; the listener may have heard of some
   */
  void list(String prefix, ObjectListener listener) throws IOException;

  /**
   * Returns the names of the next segment of keys that go on below {@code prefix}, in order: the
   * directories there.
   */
  List<String> listDirectories(String prefix) throws IOException;

  /**
   * Deletes exactly these objects; one that is not there is fine.
   *
   * @throws IOException if one of them may still be there, naming it; as many as could be are gone
   */
  default void delete(Collection<ObjectKey> keys) throws IOException {
    delete(keys, Guard.NONE);
  }

  /**
   * Deletes like {@link #delete(Collection)} as long as it may.
   *
   * @param guard is asked right before each step: that is an object, or as many as the store
   *     deletes with one request. Once it fails, so does this, and deletes no more
   * @throws UncertainException if the store may go on deleting after this
   */
  void delete(Collection<ObjectKey> keys, Guard guard) throws IOException;

  /** Says whether a step may be taken that can't be undone. */
  @FunctionalInterface
  interface Guard {
    /** Always. */
    Guard NONE = () -> {};

    /** Returns normally if a step may be taken now. */
    void check() throws IOException;

    /**
     * Returns how long a step may take; a store that can end one that takes longer does so. Empty
     * if that does not matter.
     */
    default Optional<Duration> limit() {
      return Optional.empty();
    }
  }

  @Override
  void close() throws IOException;

  /** Hears of objects. */
  @FunctionalInterface
  interface ObjectListener {
    /** There is an object. */
    void object(ObjectKey key, long sizeBytes) throws IOException;
  }

  /** Writes an object's content. */
  @FunctionalInterface
  interface ContentWriter {
    /** Writes all of it; after an exception there is no object. */
    void writeTo(OutputStream out) throws IOException;
  }
}
