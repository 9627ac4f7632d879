package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import io.convoy.core.ByteSize;
import io.convoy.core.process.ProcessCommandRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

@Parameters(commandDescription = "Plan a disk's partitions for a thin pool, and make them if told")
@Usage(
    arguments = "<device>",
    examples = {"convoy pool plan /dev/sdb", "convoy pool plan /dev/sdb --volumes 5000 --write"})
final class PoolPlanCommand implements Command {
  @Parameter(description = "The disk; needs no daemon")
  List<String> arguments = new ArrayList<>();

  @Placeholder("size")
  @Parameter(
      names = "--block-size",
      description = "What the pool gives out at a time, a multiple of 64K up to 1G")
  String blockSize = "2M";

  @Placeholder("count")
  @Parameter(
      names = "--volumes",
      description = "How many volumes and snapshots there will be at most, together")
  String volumes = "1000";

  @Parameter(names = "--write", description = "Make the partitions; on an empty disk only")
  boolean write;

  @Override
  public void run(Session session) throws MisuseException, IOException {
    String device = Arguments.one(arguments, "pool plan", "device");
    PoolPlan plan;
    try {
      plan =
          PoolPlan.of(
              Path.of(device),
              ByteSize.parse(blockSize).bytes(),
              Long.parseLong(volumes),
              new ProcessCommandRunner());
    } catch (NumberFormatException e) {
      throw new MisuseException("Invalid --volumes '%s': expected a number".formatted(volumes));
    } catch (IllegalArgumentException e) {
      throw new MisuseException(e);
    }
    if (write) {
      plan.write();
    }
    session.answer(plan.describe(write));
  }
}
