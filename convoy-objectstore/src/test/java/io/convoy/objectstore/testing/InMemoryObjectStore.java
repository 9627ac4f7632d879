package io.convoy.objectstore.testing;

import io.convoy.core.CorruptDataException;
import io.convoy.objectstore.ObjectKey;
import io.convoy.objectstore.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Objects in memory, which can lose what was not synced as a host does that crashes. */
public final class InMemoryObjectStore implements ObjectStore {
  private final ConcurrentSkipListMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
  private final Set<String> unsynced = ConcurrentHashMap.newKeySet();

  /** What becomes of an object that was not synced when the host crashed. */
  public enum Loss {
    /** The file is there, and empty. */
    EMPTY,
    /** The first half is there. */
    HALF,
    /** The length is right, the content is zeros. */
    ZEROS,
    /** It is not there. */
    MISSING
  }

  /** Loses everything that was not synced. */
  public void crash(Loss loss) {
    for (String key : unsynced) {
      switch (loss) {
        case EMPTY -> objects.computeIfPresent(key, (k, old) -> new byte[0]);
        case HALF -> objects.computeIfPresent(key, (k, old) -> Arrays.copyOf(old, old.length / 2));
        case ZEROS -> objects.computeIfPresent(key, (k, old) -> new byte[old.length]);
        case MISSING -> objects.remove(key);
      }
    }
    unsynced.clear();
  }

  /** Returns the keys of all objects. */
  public List<ObjectKey> keys() {
    return objects.keySet().stream().map(ObjectKey::new).toList();
  }

  @Override
  public boolean create(ObjectKey key, byte[] content) {
    return objects.putIfAbsent(key.value(), content.clone()) == null;
  }

  @Override
  public void put(ObjectKey key, byte[] content) {
    objects.put(key.value(), content.clone());
  }

  @Override
  public void put(ObjectKey key, ContentWriter writer) throws IOException {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    writer.writeTo(content);
    objects.put(key.value(), content.toByteArray());
  }

  @Override
  public long putUnsynced(ObjectKey key, ByteBuffer content) {
    byte[] bytes = new byte[content.remaining()];
    content.duplicate().get(bytes);
    unsynced.add(key.value());
    objects.put(key.value(), bytes);
    return bytes.length;
  }

  @Override
  public void sync() {
    unsynced.clear();
  }

  @Override
  public Optional<byte[]> get(ObjectKey key, int maxBytes) throws IOException {
    byte[] content = objects.get(key.value());
    if (content != null && content.length > maxBytes) {
      throw new CorruptDataException(
          "%s: %s bytes long, expected at most %s".formatted(key, content.length, maxBytes));
    }
    return Optional.ofNullable(content).map(byte[]::clone);
  }

  @Override
  public boolean read(ObjectKey key, ByteBuffer room) throws IOException {
    Optional<byte[]> content = get(key, room.capacity());
    content.ifPresent(bytes -> room.clear().put(bytes).flip());
    return content.isPresent();
  }

  @Override
  public Optional<InputStream> open(ObjectKey key) {
    return Optional.ofNullable(objects.get(key.value())).map(ByteArrayInputStream::new);
  }

  @Override
  public OptionalLong sizeBytes(ObjectKey key) {
    byte[] content = objects.get(key.value());
    return content == null ? OptionalLong.empty() : OptionalLong.of(content.length);
  }

  @Override
  public void list(String prefix, ObjectListener listener) throws IOException {
    for (Map.Entry<String, byte[]> object : below(prefix).entrySet()) {
      listener.object(new ObjectKey(object.getKey()), object.getValue().length);
    }
  }

  @Override
  public List<String> listDirectories(String prefix) {
    Set<String> directories = new TreeSet<>();
    for (String key : below(prefix).keySet()) {
      int slash = key.indexOf('/', prefix.length());
      if (slash >= 0) {
        directories.add(key.substring(prefix.length(), slash + 1));
      }
    }
    List<String> names = new ArrayList<>();
    directories.forEach(name -> names.add(name.substring(0, name.length() - 1)));
    return names;
  }

  private Map<String, byte[]> below(String prefix) {
    if (!prefix.endsWith("/")) {
      throw new IllegalArgumentException("'%s' is no prefix of keys".formatted(prefix));
    }
    new ObjectKey(prefix.substring(0, prefix.length() - 1));
    return objects.subMap(prefix, prefix.substring(0, prefix.length() - 1) + "0");
  }

  @Override
  public void delete(Collection<ObjectKey> keys, Guard guard) throws IOException {
    for (ObjectKey key : keys) {
      guard.check();
      objects.remove(key.value());
    }
  }

  @Override
  public void close() {}
}
