package io.convoy.plugin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.convoy.core.Convoy;
import io.convoy.core.Finding;
import io.convoy.plugin.http.Request;
import io.convoy.plugin.http.Response;
import java.io.IOException;
import java.util.List;

/** Not in v0.5.2: what is not as it should be. */
final class DoctorCalls {
  private final Convoy convoy;

  DoctorCalls(Convoy convoy) {
    this.convoy = convoy;
  }

  /** Tells what was found; changes nothing. */
  Response examine(Request request) {
    return answer(List.of());
  }

  /** Clears away what certainly nobody needs, and tells what is left. */
  Response repair(Request request) throws IOException {
    return answer(convoy.repair());
  }

  private Response answer(List<String> repaired) {
    ObjectNode tree = Json.object();
    ArrayNode findings = tree.putArray("Findings");
    for (Finding finding : convoy.examine()) {
      findings
          .addObject()
          .put("Severity", finding.severity().toString())
          .put("What", finding.what())
          .put("Remedy", finding.remedy());
    }
    ArrayNode done = tree.putArray("Repaired");
    repaired.forEach(done::add);
    return Response.text(200, ApiError.JSON, Json.tabbed(tree));
  }
}
