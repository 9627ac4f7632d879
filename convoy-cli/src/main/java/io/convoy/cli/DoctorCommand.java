package io.convoy.cli;

import com.beust.jcommander.Parameter;
import com.beust.jcommander.Parameters;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.Finding;
import io.convoy.core.Finding.Severity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

@Parameters(commandDescription = "Show what is not as it should be, and what mends it")
@Usage(examples = {"convoy doctor", "convoy doctor --repair", "convoy doctor --format json"})
final class DoctorCommand implements Command {
  /** What the launcher sets when standard output is a terminal. */
  static final String OUTPUT_TERMINAL_PROPERTY = "convoy.terminal.out";

  @Parameter(
      names = "--repair",
      description = "Clear away what certainly nobody needs; never a volume's or snapshot's data")
  boolean repair;

  @Parameter(
      names = "--format",
      description = "text or json; unless told, text on a terminal and json elsewhere")
  String format = "";

  @Override
  public void run(Session session) throws MisuseException, IOException {
    boolean text =
        switch (format) {
          case "" -> Boolean.getBoolean(OUTPUT_TERMINAL_PROPERTY);
          case "text" -> true;
          case "json" -> false;
          default ->
              throw new MisuseException(
                  "Invalid --format '%s': expected text or json".formatted(format));
        };
    List<Finding> findings = new ArrayList<>(HostExamination.ofThisMachine().examine());
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
              "start the daemon, then ask again: what volumes and pools are like it knows alone"));
    }
    if (!answer.isEmpty()) {
      read(new JsonMapper().readTree(answer), findings, repaired);
    }
    session.answer(text ? text(findings, repaired) : json(findings, repaired));
    long errors = findings.stream().filter(finding -> finding.severity() == Severity.ERROR).count();
    if (errors > 0) {
      throw new IncompleteException("%s errors found".formatted(errors));
    }
  }

  private static void read(JsonNode answer, List<Finding> findings, List<String> repaired) {
    for (JsonNode finding : answer.path("Findings")) {
      findings.add(
          new Finding(
              Severity.valueOf(finding.path("Severity").asText().toUpperCase(Locale.ROOT)),
              finding.path("What").asText(),
              finding.path("Remedy").asText()));
    }
    answer.path("Repaired").forEach(line -> repaired.add(line.asText()));
  }

  private static String text(List<Finding> findings, List<String> repaired) {
    StringBuilder text = new StringBuilder();
    repaired.forEach(line -> text.append("repaired: ").append(line).append('\n'));
    for (Finding finding : findings) {
      text.append(finding.severity())
          .append(": ")
          .append(finding.what())
          .append(" -> ")
          .append(finding.remedy())
          .append('\n');
    }
    return findings.isEmpty() ? text + "Nothing is wrong.\n" : text.toString();
  }

  private static String json(List<Finding> findings, List<String> repaired) throws IOException {
    JsonMapper mapper = new JsonMapper();
    ObjectNode tree = mapper.createObjectNode();
    ArrayNode list = tree.putArray("Findings");
    for (Finding finding : findings) {
      list.addObject()
          .put("Severity", finding.severity().toString())
          .put("What", finding.what())
          .put("Remedy", finding.remedy());
    }
    ArrayNode done = tree.putArray("Repaired");
    repaired.forEach(done::add);
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(tree);
  }
}
