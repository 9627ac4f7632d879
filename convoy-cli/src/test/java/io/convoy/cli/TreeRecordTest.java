package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo must notice whatever a restore gets wrong. */
class TreeRecordTest {
  @TempDir Path root;

  @Test
  void differences_sameTree_areNone() throws Exception {
    new DemoTree(root).write();

    assertThat(TreeRecord.of(root).differences(TreeRecord.of(root))).isEmpty();
    assertThat(TreeRecord.of(root).entries()).hasSizeGreaterThan(DemoTree.FILES);
  }

  @Test
  void differences_afterChanges_nameEach() throws Exception {
    Path file = Files.writeString(root.resolve("file"), "one");
    Path twin = Files.writeString(root.resolve("twin"), "same");
    Files.createLink(root.resolve("twin2"), twin);
    Files.createSymbolicLink(root.resolve("link"), Path.of("a"));
    Files.createFile(root.resolve("gone"));
    FileTime time = Files.getLastModifiedTime(root);
    TreeRecord before = TreeRecord.of(root);

    FileTime fileTime = Files.getLastModifiedTime(file);
    Files.writeString(file, "two");
    Files.setLastModifiedTime(file, fileTime);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    FileTime linkTime = Files.getLastModifiedTime(twin);
    Files.delete(root.resolve("twin2"));
    Files.writeString(root.resolve("twin2"), "same");
    Files.setLastModifiedTime(root.resolve("twin2"), linkTime);
    Files.delete(root.resolve("gone"));
    Files.createFile(root.resolve("new"));
    Files.setLastModifiedTime(root, time);

    assertThat(before.differences(TreeRecord.of(root)))
        .anyMatch(line -> line.startsWith("'file': content is"))
        .anyMatch(line -> line.startsWith("'file': mode is '100700', expected '100"))
        .anyMatch(line -> line.startsWith("'twin2': hard link is ''"))
        .contains("'gone' is missing", "'new' should not be there");
  }
}
