package io.convoy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.core.testing.Environment;
import io.convoy.plugin.ConvoyDaemon;
import io.convoy.plugin.DaemonConfig;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Completion in real shells, with names that a real daemon tells. */
class CompletionIT {
  @TempDir Path folder;
  private ConvoyDaemon daemon;
  private String url;

  @BeforeEach
  void startDaemon() throws Exception {
    daemon =
        ConvoyDaemon.start(
            DaemonConfig.embedded(folder.resolve("root"), folder.resolve("s"))
                .withDrivers(List.of("vfs"), Map.of("vfs.path", folder.resolve("vfs").toString())),
            new PrintStream(OutputStream.nullOutputStream()));
    Path backups = Files.createDirectory(folder.resolve("backups"));
    convoy("create", "data-1");
    convoy("create", "data-2");
    convoy("snapshot", "create", "data-1", "--name", "nightly");
    url = convoy("backup", "create", "nightly", "--dest", "vfs://" + backups).strip();
    Path command = Files.createDirectory(folder.resolve("bin")).resolve("convoy");
    Files.writeString(
        command,
        """
        #!/bin/sh
        exec '%s' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '%s' io.convoy.cli.ConvoyCli "$@"
        """
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path")));
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterEach
  void stopDaemon() throws Exception {
    daemon.close();
  }

  private String convoy(String... arguments) {
    Run run = Run.of(folder.resolve("s"), arguments);
    assertThat(run.status()).as(run.err()).isZero();
    return run.out();
  }

  private String shell(String... argv) throws Exception {
    Path out = folder.resolve("out");
    ProcessBuilder builder =
        new ProcessBuilder(argv).redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().put("CONVOY_SOCKET", folder.resolve("s").toString());
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("TERM", "xterm");
    builder.environment().merge("PATH", "", (path, none) -> folder.resolve("bin") + ":" + path);
    Process process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return Files.readString(out, UTF_8);
  }

  @Test
  void bash_everyKindOfName_isCompleted() throws Exception {
    Files.writeString(folder.resolve("completion"), convoy("completion", "bash"));
    // As readline does: the words split at its breaks, the line whole.
    Path script =
        Files.writeString(
            folder.resolve("test"),
            """
            . "$1"
            press_tab() {
              COMP_LINE=$1 COMP_POINT=${#1}
              shift
              COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
              _convoy convoy
              echo "${COMPREPLY[*]}"
            }
            complete -p convoy
            press_tab 'convoy backup v' convoy backup v
            press_tab 'convoy delete data' convoy delete data
            press_tab 'convoy snapshot inspect ' convoy snapshot inspect ''
            press_tab 'convoy backup inspect vfs:' convoy backup inspect vfs :
            press_tab "convoy backup inspect 'vfs" convoy backup inspect "'vfs"
            press_tab 'convoy list --format=j' convoy list --format = j
            press_tab 'convoy mount ' convoy mount ''
            """);

    String[] lines =
        shell("bash", script.toString(), folder.resolve("completion").toString()).split("\n", -1);

    assertThat(lines[0]).isEqualTo("complete -F _convoy convoy");
    assertThat(lines[1]).isEqualTo("verify");
    assertThat(lines[2]).isEqualTo("data-1 data-2");
    assertThat(lines[3]).isEqualTo("nightly");
    assertThat(lines[4])
        .isEqualTo(url.substring("vfs:".length()).replace("?", "\\?").replace("&", "\\&"));
    assertThat(lines[5]).isEqualTo(url);
    assertThat(lines[6]).isEqualTo("json");
    assertThat(lines[7]).isEqualTo("data-1 data-2");
  }

  @Test
  void zsh_interactive_completesWhatIsTyped() throws Exception {
    Environment.require(
        Files.isExecutable(Path.of("/usr/bin/zsh")) || Files.isExecutable(Path.of("/bin/zsh")),
        "needs zsh: apt-get install zsh");
    Files.writeString(folder.resolve("completion"), convoy("completion", "zsh"));
    // A zsh at a terminal of its own, in which keys are pressed; 'echo' shows what became of the
    // line.
    Path script =
        Files.writeString(
            folder.resolve("test"),
            """
            zmodload zsh/zpty
            zpty shell zsh -f -i
            say() { zpty -w shell "$1" }
            until_seen() { local out; zpty -r -m shell out "*$1*" && print -r -- "$out" }
            say 'PS1=; unset zle_bracketed_paste; autoload -Uz compinit; compinit -u -d $ZDOTDIR/dump'
            say ". $1; print -r re''ady"
            until_seen ready
            zpty -w -n shell $'convoy snapshot inspect nig\\t\\C-aprint -r saw: \\n'
            until_seen 'saw: convoy snapshot inspect nightly'
            zpty -d shell
            """);

    String out = shell("zsh", "-f", script.toString(), folder.resolve("completion").toString());

    assertThat(out).contains("saw: convoy snapshot inspect nightly");
  }
}
