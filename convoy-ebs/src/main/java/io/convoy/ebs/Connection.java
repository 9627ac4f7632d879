package io.convoy.ebs;

import java.net.URI;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * Where Amazon is. What is empty is left to the SDK, and so to its environment variables and files.
 *
 * @param endpoint of EC2 and of the EBS direct APIs
 * @param metadata of the instance's metadata
 */
record Connection(
    Optional<URI> endpoint, Optional<URI> metadata, Optional<AwsCredentialsProvider> credentials) {
  static final Connection USUAL =
      new Connection(Optional.empty(), Optional.empty(), Optional.empty());
}
