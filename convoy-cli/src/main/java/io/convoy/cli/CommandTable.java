package io.convoy.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The commands by name. Only the one that is asked for is loaded. */
final class CommandTable {
  /** In the order in which help lists them. */
  static final List<String> COMMANDS =
      List.of(
          "daemon",
          "info",
          "doctor",
          "events",
          "create",
          "delete",
          "resize",
          "mount",
          "umount",
          "list",
          "inspect",
          "jobs",
          "jobs show",
          "jobs wait",
          "jobs cancel",
          "pool plan",
          "trash list",
          "trash restore",
          "trash empty",
          "snapshot create",
          "snapshot delete",
          "snapshot list",
          "snapshot inspect",
          "backup create",
          "backup restore",
          "backup delete",
          "backup list",
          "backup inspect",
          "backup verify",
          "backup gc",
          "target add",
          "target list",
          "target remove",
          "target test",
          "demo",
          "completion",
          "help");

  static final List<String> GROUPS =
      List.of("jobs", "pool", "trash", "snapshot", "backup", "target");

  private CommandTable() {}

  /** Returns the words that may stand behind a group's name, or first if the group is empty. */
  static List<String> words(String group) {
    String prefix = group.isEmpty() ? "" : group + " ";
    // No stream, which takes a command 10 ms to load; this is on the way of each.
    Set<String> words = new LinkedHashSet<>();
    for (String command : COMMANDS) {
      if (command.startsWith(prefix)) {
        int end = command.indexOf(' ', prefix.length());
        words.add(command.substring(prefix.length(), end < 0 ? command.length() : end));
      }
    }
    return new ArrayList<>(words);
  }

  static Command create(String name) {
    return switch (name) {
      case "daemon" -> new DaemonCommand();
      case "info" -> new InfoCommand();
      case "doctor" -> new DoctorCommand();
      case "events" -> new EventsCommand();
      case "create" -> new CreateCommand();
      case "delete" -> new DeleteCommand();
      case "resize" -> new ResizeCommand();
      case "mount" -> new MountCommand();
      case "umount" -> new UmountCommand();
      case "list" -> new ListCommand();
      case "inspect" -> new InspectCommand();
      case "jobs" -> new JobsCommand();
      case "jobs show" -> new JobsShowCommand();
      case "jobs wait" -> new JobsWaitCommand();
      case "jobs cancel" -> new JobsCancelCommand();
      case "pool plan" -> new PoolPlanCommand();
      case "trash list" -> new TrashListCommand();
      case "trash restore" -> new TrashRestoreCommand();
      case "trash empty" -> new TrashEmptyCommand();
      case "snapshot create" -> new SnapshotCreateCommand();
      case "snapshot list" -> new SnapshotListCommand();
      case "snapshot delete" -> new SnapshotDeleteCommand();
      case "snapshot inspect" -> new SnapshotInspectCommand();
      case "backup create" -> new BackupCreateCommand();
      case "backup restore" -> new BackupRestoreCommand();
      case "backup delete" -> new BackupDeleteCommand();
      case "backup list" -> new BackupListCommand();
      case "backup inspect" -> new BackupInspectCommand();
      case "backup verify" -> new BackupVerifyCommand();
      case "backup gc" -> new BackupGcCommand();
      case "target add" -> new TargetAddCommand();
      case "target list" -> new TargetListCommand();
      case "target remove" -> new TargetRemoveCommand();
      case "target test" -> new TargetTestCommand();
      case "demo" -> new DemoCommand();
      case "completion" -> new CompletionCommand();
      case "help" -> new HelpCommand();
      default -> throw new IllegalStateException("no command " + name);
    };
  }
}
