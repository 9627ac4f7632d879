package io.convoy.cli;

import java.util.List;

/** The commands by name. Only the one that is asked for is loaded. */
final class CommandTable {
  /** In the order in which help lists them. */
  static final List<String> COMMANDS =
      List.of(
          "daemon",
          "info",
          "doctor",
          "create",
          "delete",
          "resize",
          "mount",
          "umount",
          "list",
          "inspect",
          "pool plan",
          "trash list",
          "trash restore",
          "trash empty",
          "snapshot create",
          "snapshot delete",
          "snapshot inspect",
          "backup create",
          "backup restore",
          "backup delete",
          "backup list",
          "backup inspect",
          "backup verify",
          "backup gc",
          "demo",
          "help");

  static final List<String> GROUPS = List.of("pool", "trash", "snapshot", "backup");

  private CommandTable() {}

  /** Returns the words that may stand behind a group's name, or first if the group is empty. */
  static List<String> words(String group) {
    String prefix = group.isEmpty() ? "" : group + " ";
    return COMMANDS.stream()
        .filter(command -> command.startsWith(prefix))
        .map(command -> command.substring(prefix.length()).split(" ", 2)[0])
        .distinct()
        .toList();
  }

  static Command create(String name) {
    return switch (name) {
      case "daemon" -> new DaemonCommand();
      case "info" -> new InfoCommand();
      case "doctor" -> new DoctorCommand();
      case "create" -> new CreateCommand();
      case "delete" -> new DeleteCommand();
      case "resize" -> new ResizeCommand();
      case "mount" -> new MountCommand();
      case "umount" -> new UmountCommand();
      case "list" -> new ListCommand();
      case "inspect" -> new InspectCommand();
      case "pool plan" -> new PoolPlanCommand();
      case "trash list" -> new TrashListCommand();
      case "trash restore" -> new TrashRestoreCommand();
      case "trash empty" -> new TrashEmptyCommand();
      case "snapshot create" -> new SnapshotCreateCommand();
      case "snapshot delete" -> new SnapshotDeleteCommand();
      case "snapshot inspect" -> new SnapshotInspectCommand();
      case "backup create" -> new BackupCreateCommand();
      case "backup restore" -> new BackupRestoreCommand();
      case "backup delete" -> new BackupDeleteCommand();
      case "backup list" -> new BackupListCommand();
      case "backup inspect" -> new BackupInspectCommand();
      case "backup verify" -> new BackupVerifyCommand();
      case "backup gc" -> new BackupGcCommand();
      case "demo" -> new DemoCommand();
      case "help" -> new HelpCommand();
      default -> throw new IllegalStateException("no command " + name);
    };
  }
}
