package io.convoy.devmapper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoolWatchTest {
  private static final Logger LOGGER = Logger.getLogger(PoolWatch.class.getName());

  @TempDir Path directory;
  private final List<String> logged = new ArrayList<>();
  private final Handler handler = new Collecting();
  private FakeStorage storage;
  private PoolWatch watch;

  private final class Collecting extends Handler {
    @Override
    public void publish(LogRecord record) {
      logged.add(record.getLevel() + " " + new SimpleFormatter().formatMessage(record));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @BeforeEach
  void open() throws IOException {
    storage = new FakeStorage(directory);
    FakeMachine machine = new FakeMachine(storage);
    ThinPoolConfig config =
        ThinPoolConfig.of(
            Map.of(
                ThinPoolConfig.DATA_DEVICE, storage.dataDevice.toString(),
                ThinPoolConfig.METADATA_DEVICE, storage.metadataDevice.toString()),
            Optional.empty());
    Path root = Files.createDirectory(directory.resolve("root"));
    PoolState state = PoolState.read(root);
    PoolTable table = new PoolTable(machine.surroundings(), config);
    new PoolActivation(machine.surroundings(), config, table, false, false)
        .activate(root, state, false);
    watch = new PoolWatch(ThinPool.open(machine.surroundings(), state, config, false), table);
    LOGGER.addHandler(handler);
  }

  @AfterEach
  void close() {
    LOGGER.removeHandler(handler);
    watch.close();
  }

  private List<String> look(int takenBlocks, int times) {
    storage.takenBlocks = takenBlocks;
    logged.clear();
    for (int i = 0; i < times; i++) {
      watch.look();
    }
    return List.copyOf(logged);
  }

  @Test
  void look_poolFallsBelowItsReserve_tellsOfEachCrossingOnce() {
    assertThat(look(0, 3)).isEmpty();
    String below =
        "WARNING Thin pool 'convoy-pool' has 1 % of its data free (14 MiB of 1 GiB), the reserve"
            + " dm.minfreedata is 2 %: delete volumes or snapshots, or extend '"
            + storage.dataDevice
            + "'";

    assertThat(look(505, 3)).containsExactly(below);
    // Fuller still, but it crosses nothing.
    assertThat(look(506, 2)).isEmpty();
    assertThat(look(0, 3))
        .singleElement()
        .asString()
        .startsWith("INFO Thin pool 'convoy-pool': no longer so: it has 1 % of its data free");
    assertThat(look(505, 3)).containsExactly(below);
  }

  @Test
  void look_poolHasLittleLeft_warnsBeforeItsReserveAndAtIt() {
    assertThat(look(480, 2))
        .singleElement()
        .asString()
        .startsWith("WARNING Thin pool 'convoy-pool' has 6 % of its data free (64 MiB of 1 GiB):");

    assertThat(look(510, 2)).hasSize(2).first().asString().contains("the reserve dm.minfreedata");
  }
}
