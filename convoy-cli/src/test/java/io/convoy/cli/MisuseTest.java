package io.convoy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is typed wrongly, and what the user gets to read. */
class MisuseTest {
  private static final Path NOWHERE = Path.of("/nonexistent/convoy.sock");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          crate vol1                  | no command 'convoy crate'; did you mean 'create'?
          lsit                        | did you mean 'list'?
          snapshots create vol1       | did you mean 'snapshot'?
          snapshot crate vol1         | no command 'convoy snapshot crate'; did you mean 'create'?
          backup remove x             | no command 'convoy backup remove' ('convoy help backup'
          resise vol1 20G             | did you mean 'resize'?
          resize vol1                 | takes a volume and a size, but was given 'vol1'
          resize vol1 -20G            | has no flag '-20G'
          resize vol1 0               | Invalid size '0': expected more than 0 bytes
          resize vol1 large           | Invalid size 'large'
          trash emtpy                 | no command 'convoy trash emtpy'; did you mean 'empty'?
          trash restore               | 'convoy trash restore' needs a volume or ID
          trash empty --older-than 7  | Invalid age '7'
          trash empty --oldr-than 7d  | did you mean '--older-than'?
          frobnicate                  | no command 'convoy frobnicate' ('convoy help' shows
          create vol1 --sise 10G      | no flag '--sise'; did you mean '--size'?
          create vol1 --mountpoint /x | 'convoy create' has no flag '--mountpoint'
          delete --referense vol1     | did you mean '--reference'?
          --sokcet /x list            | no flag '--sokcet'; did you mean '--socket'?
          --size 10G create vol1      | behind its name
          create vol1 --size          | --size needs a value
          create vol1 --size --vm     | --size needs a value
          create vol1 --size ten      | Invalid size 'ten': expected a number of bytes
          create vol1 --size -5       | Invalid size '-5'
          create vol1 --size 10X      | Invalid size '10X'
          create vol1 --size=99999999999T | Invalid size '99999999999T'
          create vol1 --iops many     | Invalid --iops 'many': expected a whole number
          create vol1 --iops 0        | Invalid --iops '0'
          create vol1 --throughput fast | Invalid --throughput 'fast': expected a whole number
          create vol1 --vm=perhaps    | --vm is a switch: expected true or false
          create vol1 vol2            | takes one volume, but was given 2: 'vol1' 'vol2'
          create vol/1                | Invalid volume name 'vol/1'
          create ../etc               | Invalid volume name '../etc'
          create ''                   | Invalid volume name ''
          create r1 --backup vfs:///b | Invalid backup URL 'vfs:///b'
          create r1 --backup nonsense | Invalid destination 'nonsense'
          create r1 --s3-endpoint host:9000 | Invalid --s3-endpoint 'host:9000': expected http://
          delete                      | 'convoy delete' needs a volume
          delete good -bad            | no flag '-bad'
          delete a,b                  | Invalid volume name 'a,b'
          mount                       | 'convoy mount' needs a volume: expected 'convoy mount <volume>'
          mount vol1 /mnt             | takes one volume
          umount                      | 'convoy umount' needs a volume
          inspect                     | 'convoy inspect' needs a volume
          info please                 | 'convoy info' takes no argument, but was given 'please'
          list vol1                   | 'convoy list' takes no argument, but was given 'vol1'
          snapshot create             | needs a volume
          snapshot create vol1 --name a/b | Invalid snapshot name 'a/b'
          snapshot delete             | needs a snapshot
          backup create               | needs a snapshot
          backup create s1 --dest /opt | Invalid destination '/opt'
          backup create s1 --dest 'vfs:///b?backup=b1&volume=v1' | Invalid destination
          backup list                 | needs a destination
          backup inspect vfs:///b?x=y | Invalid backup URL
          backup delete vfs:///b      | Invalid backup URL
          backup verify vfs:///b?backup=b1&volume=v1 --level all | expected list, sizes or data
          backup verify vfs:///b?backup=b1&volume=v1 --sample 5 | expected a share like 5%
          backup gc                   | needs a destination
          daemon --driver-opts vfs.path | Invalid --driver-opts 'vfs.path': expected key=value
          daemon --drivers vfs,,ebs   | --drivers has an empty name
          daemon --cmd-timeout soon   | Invalid duration 'soon'
          daemon now                  | 'convoy daemon' takes no argument
          --socket= list              | --socket is empty
          help crate                  | did you mean 'create'?
          """)
  void run_misuse_isExplainedInOneLine(String line, String expected) {
    Run run = Run.of(NOWHERE, Run.words(line).toArray(String[]::new));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).startsWith("convoy: ").contains(expected).endsWith("\n");
    assertThat(run.err().strip()).hasLineCount(1);
    assertThat(run.out()).startsWith("{\n\t\"Error\": \"").endsWith("\"\n}\n").hasLineCount(3);
  }

  @Test
  void run_debug_showsWhere() {
    assertThat(Run.of(NOWHERE, "--debug", "delete").err()).contains("\tat io.convoy.cli.");
  }
}
