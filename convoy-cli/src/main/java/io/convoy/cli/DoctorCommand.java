package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import com.beust.jcommander.ParametersDelegate;
import io.convoy.cli.Terminal.Style;
import io.convoy.core.Finding;
import io.convoy.core.Finding.Severity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

@Parameters(commandDescription = "Show what is not as it should be, and what mends it")
@Usage(
    examples = {
      "convoy doctor",
      "convoy doctor --repair",
      "convoy doctor --format json",
      "convoy doctor --dest vfs:///opt/backup --strict"
    })
final class DoctorCommand implements Command {
  private static final int COLUMN = 10;

  @Parameter(
      names = "--repair",
      description = "Clear away what certainly nobody needs; never a volume's or snapshot's data")
  boolean repair;

  @Placeholder("destination")
  @Parameter(
      names = "--dest",
      description = "Look at this destination of backups, too: at what no backup needs, and locks",
      defaultValueDescription = "none, no store is asked")
  String destination = "";

  @Placeholder("endpoint")
  @Parameter(
      names = "--s3-endpoint",
      description = "The S3 server to ask",
      defaultValueDescription = "Amazon's")
  String endpoint = "";

  @Parameter(names = "--strict", description = "Fail for warnings, too, not for errors alone")
  boolean strict;

  @ParametersDelegate AnswerFormat format = new AnswerFormat();

  @Override
  public void run(Session session) throws MisuseException, IOException {
    Optional<StoreExamination> store =
        destination.isEmpty()
            ? Optional.empty()
            : Optional.of(new StoreExamination(Destinations.of(destination, endpoint, session)));
    boolean text = format.isTable(session.terminal());
    HostExamination host = HostExamination.ofThisMachine();
    List<Finding> findings = new ArrayList<>(host.examine());
    List<String> repaired = new ArrayList<>();
    String answer = "";
    try {
      answer = session.daemon().call(repair ? "POST" : "GET", "/v2/doctor", "");
    } catch (DaemonException e) {
      findings.add(
          new Finding(
              Severity.ERROR, "The daemon answered: " + e.getMessage(), "see the daemon's log"));
    } catch (IOException e) {
      findings.add(
          new Finding(
              Severity.ERROR,
              e.getMessage(),
              host.startCommand() + ", then ask again: volumes and pools it knows alone"));
    }
    if (!answer.isEmpty()) {
      read(JsonObject.parse(answer), findings, repaired);
      if (store.isPresent()) {
        store.get().examine(session, repair, findings, repaired);
      }
    }
    findings.sort(Comparator.comparing(Finding::severity));
    session.answer(text ? text(findings, repaired, session.terminal()) : json(findings, repaired));
    failFor(Severity.ERROR, findings);
    if (strict) {
      failFor(Severity.WARNING, findings);
    }
  }

  private static void failFor(Severity severity, List<Finding> findings)
      throws IncompleteException {
    long count = findings.stream().filter(finding -> finding.severity() == severity).count();
    if (count > 0) {
      throw new IncompleteException(
          "%s %s%s found".formatted(count, severity, count == 1 ? "" : "s"));
    }
  }

  private static void read(JsonObject answer, List<Finding> findings, List<String> repaired) {
    for (JsonObject finding : answer.objects("Findings")) {
      findings.add(
          new Finding(
              Severity.valueOf(finding.text("Severity").toUpperCase(Locale.ROOT)),
              finding.text("What"),
              finding.text("Remedy")));
    }
    repaired.addAll(answer.texts("Repaired"));
  }

  private static String text(List<Finding> findings, List<String> repaired, Terminal terminal) {
    StringBuilder text = new StringBuilder();
    repaired.forEach(
        line ->
            text.append(terminal.styled("repaired", Style.GREEN))
                .append("  ")
                .append(Table.printable(line))
                .append('\n'));
    for (Finding finding : findings) {
      String severity = finding.severity().toString();
      text.append(terminal.styled(severity, style(finding.severity())))
          .append(" ".repeat(COLUMN - severity.length()))
          .append(Table.printable(finding.what()))
          .append('\n')
          .append(" ".repeat(COLUMN))
          .append("-> ")
          .append(Table.printable(finding.remedy()))
          .append('\n');
    }
    return findings.isEmpty() ? text + "Nothing is wrong.\n" : text.toString();
  }

  private static Style style(Severity severity) {
    return switch (severity) {
      case ERROR -> Style.RED;
      case WARNING -> Style.YELLOW;
      case NOTE -> Style.PLAIN;
    };
  }

  private static String json(List<Finding> findings, List<String> repaired) throws IOException {
    List<Object> list = new ArrayList<>();
    for (Finding finding : findings) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("Severity", finding.severity().toString());
      fields.put("What", finding.what());
      fields.put("Remedy", finding.remedy());
      list.add(fields);
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("Findings", list);
    answer.put("Repaired", repaired);
    return JsonObject.tabbed(answer);
  }
}
