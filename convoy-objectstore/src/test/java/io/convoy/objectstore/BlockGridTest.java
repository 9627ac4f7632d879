package io.convoy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.core.Extent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Compares the arithmetic of extents with sets of bytes and blocks. */
final class BlockGridTest {
  private static final int BLOCK = 512;
  private static final int MAX_SIZE = 40 * BLOCK;

  @Provide
  Arbitrary<List<Extent>> extents() {
    return Combinators.combine(
            Arbitraries.integers().between(0, MAX_SIZE + 3 * BLOCK),
            Arbitraries.integers().between(1, 5 * BLOCK))
        .as((offset, length) -> new Extent(offset, length))
        .list()
        .ofMaxSize(12);
  }

  private static BitSet bytes(List<Extent> extents) {
    BitSet bytes = new BitSet();
    extents.forEach(e -> bytes.set((int) e.offsetBytes(), (int) e.endBytes()));
    return bytes;
  }

  private static void assertInOrderAndApart(List<Extent> extents) {
    for (int i = 1; i < extents.size(); i++) {
      assertThat(extents.get(i).offsetBytes()).isGreaterThan(extents.get(i - 1).endBytes() - 1);
    }
  }

  @Property
  void roundOut_anyExtents_coversTheirBlocksAndNoOthers(
      @ForAll("extents") List<Extent> extents, @ForAll @IntRange(max = MAX_SIZE) int sizeBytes) {
    BlockGrid grid = new BlockGrid(BLOCK, sizeBytes);
    BitSet touched = bytes(extents);
    BitSet expected = new BitSet();
    for (int offset = 0; offset < sizeBytes; offset += BLOCK) {
      int end = Math.min(offset + BLOCK, sizeBytes);
      if (touched.get(offset, end).cardinality() > 0) {
        expected.set(offset, end);
      }
    }

    List<Extent> rounded = grid.roundOut(extents);

    assertThat(bytes(rounded)).isEqualTo(expected);
    assertInOrderAndApart(rounded);
  }

  @Property
  void intersectAndSubtract_anyExtents_areThoseOfTheirBytes(
      @ForAll("extents") List<Extent> first, @ForAll("extents") List<Extent> second) {
    BlockGrid grid = new BlockGrid(BLOCK, MAX_SIZE);
    List<Extent> a = grid.roundOut(first);
    List<Extent> b = grid.roundOut(second);
    BitSet both = bytes(a);
    both.and(bytes(b));
    BitSet rest = bytes(a);
    rest.andNot(bytes(b));

    assertThat(bytes(BlockGrid.intersect(a, b))).isEqualTo(both);
    assertThat(bytes(BlockGrid.subtract(a, b))).isEqualTo(rest);
    assertInOrderAndApart(BlockGrid.intersect(a, b));
    assertInOrderAndApart(BlockGrid.subtract(a, b));
  }

  @Property(tries = 300)
  void walk_anyDelta_isTheBaseOverlaidByIt(
      @ForAll("extents") List<Extent> allocated,
      @ForAll("extents") List<Extent> changed,
      @ForAll @IntRange(max = MAX_SIZE) int sizeBytes,
      @ForAll Random random)
      throws IOException {
    BlockGrid grid = new BlockGrid(BLOCK, sizeBytes);
    TreeMap<Long, BlockRef> base = new TreeMap<>();
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    try (BlockMapWriter map = new BlockMapWriter(stored)) {
      for (long offset = 0; offset < MAX_SIZE; offset += BLOCK) {
        if (random.nextBoolean()) {
          BlockRef ref = new BlockRef(offset, BLOCK, "%064x".formatted(random.nextLong()));
          base.put(offset, ref);
          map.write(ref);
        }
      }
      map.finish();
    }
    BitSet there = bytes(grid.roundOut(allocated));
    BitSet touched = bytes(grid.roundOut(changed));
    BitSet read = new BitSet();
    List<Long> order = new ArrayList<>();

    try (BlockMapReader map =
        BlockMapReader.open(new ObjectKey("m"), new ByteArrayInputStream(stored.toByteArray()))) {
      DevicePlan.delta(grid, allocated, changed)
          .walk(
              map,
              new DevicePlan.Visitor() {
                @Override
                public void read(long offsetBytes, int lengthBytes) {
                  order.add(offsetBytes);
                  read.set((int) offsetBytes, (int) offsetBytes + lengthBytes);
                }

                @Override
                public void kept(long offsetBytes, Optional<BlockRef> block) {
                  order.add(offsetBytes);
                  assertThat(there.get((int) offsetBytes)).isTrue();
                  assertThat(touched.get((int) offsetBytes)).isFalse();
                  assertThat(block).isEqualTo(Optional.ofNullable(base.get(offsetBytes)));
                }
              });
    }

    assertThat(order).isSorted().doesNotHaveDuplicates();
    BitSet expected = (BitSet) there.clone();
    expected.and(touched);
    assertThat(read).isEqualTo(expected);
  }

  @Example
  void constructor_lengthsThatAreNoBlocks_areRefused() {
    for (int blockBytes : new int[] {0, -1, 511, 513, 1 << 27}) {
      assertThatThrownBy(() -> new BlockGrid(blockBytes, 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Property(tries = 50)
  void nameMarks_manyNames_areRemembered(@ForAll Random random) {
    NameMarks marks = new NameMarks();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      String name = "%016x%048x".formatted(random.nextLong() & 0xfff, random.nextLong());
      names.add(name);
      assertThat(marks.add(name, 1)).isTrue();
      assertThat(marks.add(name, 1)).isFalse();
    }
    for (int i = 0; i < names.size(); i += 2) {
      assertThat(marks.add(names.get(i), 4)).isTrue();
    }
    for (int i = 0; i < names.size(); i++) {
      assertThat(marks.has(names.get(i), 1)).isTrue();
      assertThat(marks.has(names.get(i), 2)).isFalse();
      assertThat(marks.has(names.get(i), 4)).isEqualTo(i % 2 == 0);
    }
    assertThat(marks.has("f".repeat(64), 1)).isFalse();
  }
}
