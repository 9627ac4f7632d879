package io.convoy.ebs;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.imds.Ec2MetadataClient;

/** The instance that Convoy runs on, as it is told by its metadata service (version 2). */
record InstanceIdentity(String instanceId, String region, String zone) {
  private static final String DOCUMENT = "/latest/dynamic/instance-identity/document";
  private static final Duration TOKEN_LIFE = Duration.ofMinutes(5);

  /** Asks who this instance is. */
  static InstanceIdentity ask(Optional<URI> endpoint) throws IOException {
    Ec2MetadataClient.Builder builder =
        Ec2MetadataClient.builder()
            .httpClient(UrlConnectionHttpClient.builder())
            .tokenTtl(TOKEN_LIFE);
    endpoint.ifPresent(builder::endpoint);
    try (Ec2MetadataClient client = builder.build()) {
      Document document = client.get(DOCUMENT).asDocument();
      return new InstanceIdentity(
          text(document, "instanceId"),
          text(document, "region"),
          text(document, "availabilityZone"));
    } catch (SdkException e) {
      throw new IOException(
          "This machine can't be asked which EC2 instance it is (%s): driver ebs runs on EC2 instances, with the metadata service (IMDSv2) switched on and, in containers, a hop limit that reaches it"
              .formatted(e.getMessage()),
          e);
    }
  }

  private static String text(Document document, String key) throws IOException {
    Document value = document.isMap() ? document.asMap().get(key) : null;
    if (value == null || !value.isString() || value.asString().isEmpty()) {
      throw new IOException("The instance's identity document has no '%s'".formatted(key));
    }
    return value.asString();
  }
}
