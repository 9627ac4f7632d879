package io.convoy.plugin;

import static java.lang.System.Logger.Level.WARNING;

import com.fasterxml.jackson.databind.node.TextNode;
import io.convoy.core.BackupDestination;
import io.convoy.core.BackupList;
import io.convoy.core.BackupOptions;
import io.convoy.core.BackupResult;
import io.convoy.core.BackupUrl;
import io.convoy.core.Convoy;
import io.convoy.core.SnapshotName;
import io.convoy.core.VerifyOptions;
import io.convoy.core.VolumeName;
import io.convoy.plugin.JobTitle.Kind;
import io.convoy.plugin.http.Request;
import io.convoy.plugin.http.Response;
import java.io.IOException;
import java.util.Optional;

/** The calls of the REST API for backups. */
final class BackupCalls {
  private static final System.Logger LOGGER = System.getLogger(BackupCalls.class.getName());

  private final Convoy convoy;
  private final LongCalls longCalls;

  BackupCalls(Convoy convoy, LongCalls longCalls) {
    this.convoy = convoy;
    this.longCalls = longCalls;
  }

  Response create(Request request) throws IOException {
    JsonBody body = JsonBody.parse(request.body());
    SnapshotName snapshot = new SnapshotName(body.requiredText("SnapshotName"));
    Optional<BackupDestination> destination =
        body.text("URL")
            .map(url -> BackupDestination.parse(url).withEndpoint(body.text("Endpoint")));
    BackupOptions options = new BackupOptions(body.text("Format"), body.text("Compression"));
    boolean verbose = body.flag("Verbose");
    return longCalls.answer(
        request,
        new JobTitle(
            Kind.BACKUP, snapshot.value(), destination.map(BackupDestination::toString).orElse("")),
        progress -> {
          BackupResult result =
              destination.isPresent()
                  ? convoy.createBackup(snapshot, destination.get(), options, progress)
                  : convoy.createBackup(snapshot, progress);
          return verbose ? Documents.made(result) : new TextNode(result.backup().url().toString());
        });
  }

  private static BackupDestination destination(JsonBody body) {
    return BackupDestination.parse(body.requiredText("URL")).withEndpoint(body.text("Endpoint"));
  }

  private static BackupUrl url(Request request) {
    JsonBody body = JsonBody.parse(request.body());
    return BackupUrl.parse(body.requiredText("URL")).withEndpoint(body.text("Endpoint"));
  }

  Response list(Request request) throws IOException {
    JsonBody body = JsonBody.parse(request.body());
    BackupList found =
        convoy.listBackups(destination(body), body.text("VolumeName").map(VolumeName::new));
    found.problems().forEach(problem -> LOGGER.log(WARNING, "Backup not listed: {0}", problem));
    Response response = LongCalls.result(Documents.backups(found.backups()));
    // The answer is v0.5.2's map of backups: what could not be read has no place in it.
    for (String problem : found.problems()) {
      response = response.withHeader("Convoy-Problem", ascii(problem));
    }
    return response;
  }

  private static String ascii(String text) {
    return text.replaceAll("[^\\x20-\\x7e]+", "?");
  }

  Response inspect(Request request) throws IOException {
    return LongCalls.result(Documents.backup(convoy.inspectBackup(url(request))));
  }

  Response delete(Request request) throws IOException {
    convoy.deleteBackup(url(request));
    return Response.text(200, Response.TEXT, "");
  }

  /** Not in v0.5.2: checks a backup and tells what is wrong with it. */
  Response verify(Request request) throws IOException {
    BackupUrl url = url(request);
    JsonBody body = JsonBody.parse(request.body());
    VerifyOptions options = VerifyOptions.parse(body.text("Level"), body.text("Sample"));
    return longCalls.answer(
        request,
        JobTitle.of(Kind.VERIFY, url.toString()),
        progress ->
            Documents.verification(url, options, convoy.verifyBackup(url, options, progress)));
  }

  /** Not in v0.5.2: deletes what no backup at a destination needs. */
  Response collectGarbage(Request request) throws IOException {
    JsonBody body = JsonBody.parse(request.body());
    BackupDestination destination = destination(body);
    boolean dryRun = body.flag("DryRun");
    return longCalls.answer(
        request,
        JobTitle.of(Kind.GC, destination.toString()),
        progress ->
            Documents.garbage(convoy.collectGarbage(destination, dryRun, progress), dryRun));
  }
}
