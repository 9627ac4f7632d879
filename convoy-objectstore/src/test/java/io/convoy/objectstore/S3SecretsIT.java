package io.convoy.objectstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.convoy.core.Target;
import io.convoy.core.Targets;
import io.convoy.core.process.ProcessCommandRunner;
import io.convoy.objectstore.FaultyProxy.Fault;
import io.convoy.objectstore.S3TestServer.Authorization;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates and credentials, as a daemon finds them in its environment. */
@Timeout(300)
final class S3SecretsIT {
  private static final String PASSWORD = "changeit";
  private static final String SESSION_HEADER = "X-Amz-Security-Token";
  private static final Map<String, String> KEYS =
      Map.of(
          "AWS_ACCESS_KEY_ID",
          S3TestServer.ACCESS_KEY,
          "AWS_SECRET_ACCESS_KEY",
          S3TestServer.SECRET_KEY);

  @TempDir private Path temp;
  private final S3TestServer server = S3TestServer.shared(Authorization.SIGNED);

  /** A certificate of one's own. */
  private record Own(ServerSocketFactory sockets, Path pem) {}

  private Own makeCertificate(String name) throws Exception {
    Path keys = temp.resolve(name + ".p12");
    Path pem = temp.resolve(name + ".pem");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    List<String> common =
        List.of("-alias", "own", "-keystore", keys.toString(), "-storepass", PASSWORD);
    keytool(
        keytool,
        "-genkeypair -keyalg EC -dname CN=own -ext SAN=ip:127.0.0.1 -storetype PKCS12",
        common);
    keytool(keytool, "-exportcert -rfc -file " + pem, common);
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return new Own(context.getServerSocketFactory(), pem);
  }

  private static void keytool(String program, String arguments, List<String> common)
      throws IOException {
    List<String> argv = new ArrayList<>(List.of(program));
    argv.addAll(List.of(arguments.split(" ", -1)));
    argv.addAll(common);
    new ProcessCommandRunner().run(argv, Duration.ofMinutes(1));
  }

  @Test
  void certificateOfOnesOwn_withItsFile_isTrusted() throws Exception {
    Own own = makeCertificate("own");
    Own other = makeCertificate("other");
    try (FaultyProxy proxy = new FaultyProxy(server.port(), own.sockets);
        S3Stores stores = new S3Stores()) {
      ObjectStore store =
          stores.open(
              server
                  .destination("x/")
                  .withEndpoint(Optional.of("https://127.0.0.1:" + proxy.port())));
      assertThatThrownBy(() -> store.get(new ObjectKey("v/x"), 10))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no secure connection to https://127.0.0.1:" + proxy.port())
          .hasMessageContaining("set AWS_CA_BUNDLE to its CA file");

      assertThat(run(proxy, own.pem)).isEqualTo("content\n");
      assertThat(run(proxy, other.pem)).contains("no secure connection to https://127.0.0.1");
      assertThat(run(proxy, temp.resolve("missing.pem")))
          .contains("AWS_CA_BUNDLE=" + temp.resolve("missing.pem"));
    }
  }

  @Test
  void target_withServerCertificateAndKeys_needsNothingElse() throws Exception {
    Own own = makeCertificate("own");
    Path keys =
        Files.writeString(
            temp.resolve("keys"),
            "[default]\naws_access_key_id=%s\naws_secret_access_key=%s\n"
                .formatted(KEYS.get("AWS_ACCESS_KEY_ID"), KEYS.get("AWS_SECRET_ACCESS_KEY")));
    Map<String, String> environment =
        Map.of(Targets.VARIABLE, temp.resolve("targets.json").toString());
    try (FaultyProxy proxy = new FaultyProxy(server.port(), own.sockets)) {
      Targets.ofThisUser(environment)
          .add(
              new Target(
                  "own",
                  server
                      .destination("")
                      .withEndpoint(Optional.of("https://127.0.0.1:" + proxy.port())),
                  Optional.of(own.pem),
                  Optional.of(keys)));

      // Asked for at the target's place, without the server's name.
      assertThat(S3ClientProcess.runWithoutEndpoint(server, environment)).isEqualTo("content\n");
    }
  }

  @Test
  void blocks_overTls_goTheShortWayAndAreNotHashedForTheSignature() throws Exception {
    Own own = makeCertificate("own");
    ObjectKey key = new ObjectKey("v/blocks/x.blk");
    ByteBuffer content = ByteBuffer.allocateDirect(100_000);
    try (FaultyProxy proxy = new FaultyProxy(server.port(), own.sockets)) {
      S3Location location =
          S3Location.of(
              server
                  .destination(S3TestServer.newPath())
                  .withEndpoint(Optional.of("https://127.0.0.1:" + proxy.port())));
      S3Access access = new S3Access(location, Optional.of(own.pem), Optional.empty());
      try (S3Connection connection = new S3Connection(access, S3Clients.SILENCE)) {
        S3ObjectStore store = new S3ObjectStore(connection, location);
        store.putUnsynced(key, content);
        ByteBuffer room = ByteBuffer.allocateDirect(200_000);
        assertThat(store.read(key, room)).isTrue();
        assertThat(room).isEqualTo(content);
      }

      assertThat(proxy.requests())
          .filteredOn(request -> request.line().contains(key.value()))
          .hasSize(2)
          .allMatch(request -> request.header("User-Agent").orElse("").equals("convoy"));
      assertThat(proxy.requests())
          .filteredOn(request -> request.is("PUT", key.value()))
          .extracting(request -> request.header("x-amz-content-sha256").orElse(""))
          .containsExactly("UNSIGNED-PAYLOAD");
    }
  }

  private String run(FaultyProxy proxy, Path bundle) throws IOException {
    Map<String, String> environment = new HashMap<>(KEYS);
    environment.put("AWS_CA_BUNDLE", bundle.toString());
    return S3ClientProcess.run(server, proxy.port(), environment);
  }

  @Test
  void webIdentityToken_isChangedForCredentials() throws Exception {
    Path token = Files.writeString(temp.resolve("token"), "the-token");
    List<String> asked = new CopyOnWriteArrayList<>();
    byte[] answer =
        """
        <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <AssumeRoleWithWebIdentityResult><Credentials>
            <AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey>
            <SessionToken>session</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration>
          </Credentials></AssumeRoleWithWebIdentityResult>
        </AssumeRoleWithWebIdentityResponse>"""
            .formatted(S3TestServer.ACCESS_KEY, S3TestServer.SECRET_KEY)
            .getBytes(UTF_8);
    HttpServer sts =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    sts.createContext(
        "/",
        exchange -> {
          asked.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    sts.start();
    // The test's server knows no sessions: they are taken from requests on their way to it.
    S3TestServer sessionless = S3TestServer.shared(Authorization.ANY);
    List<FaultyProxy.Request> requests;
    try (FaultyProxy proxy = new FaultyProxy(sessionless.port())) {
      proxy.play(request -> Fault.withoutHeader(SESSION_HEADER));
      String said =
          S3ClientProcess.run(
              sessionless,
              proxy.port(),
              Map.of(
                  "AWS_REGION",
                  "us-east-1",
                  "AWS_ROLE_ARN",
                  "arn:aws:iam::123456789012:role/backups",
                  "AWS_WEB_IDENTITY_TOKEN_FILE",
                  token.toString(),
                  "AWS_ENDPOINT_URL_STS",
                  "http://127.0.0.1:" + sts.getAddress().getPort()));
      assertThat(said).isEqualTo("content\n");
      requests = proxy.requests();
    } finally {
      sts.stop(0);
    }
    assertThat(requests)
        .isNotEmpty()
        .allMatch(request -> request.header(SESSION_HEADER).equals(Optional.of("session")))
        .allMatch(
            request ->
                request
                    .header("Authorization")
                    .orElseThrow()
                    .contains("Credential=" + S3TestServer.ACCESS_KEY + "/"));
    assertThat(asked)
        .hasSize(1)
        .allMatch(body -> body.contains("WebIdentityToken=the-token"))
        .allMatch(body -> body.contains("role%2Fbackups"));
  }

  @Test
  void singleSignOn_withoutALogin_looksForOneAndSaysThatThereIsNone() throws Exception {
    Path config =
        Files.writeString(
            temp.resolve("config"),
            """
            [profile work]
            sso_start_url = https://example.awsapps.com/start
            sso_region = us-east-1
            sso_account_id = 123456789012
            sso_role_name = backups
            """);
    String said =
        S3ClientProcess.run(
            server,
            server.port(),
            Map.of(
                "AWS_REGION",
                "us-east-1",
                "AWS_PROFILE",
                "work",
                "AWS_CONFIG_FILE",
                config.toString(),
                "HOME",
                temp.toString()));

    assertThat(said).contains("no credentials were found").doesNotContain("class path");
    assertThat(said).contains(temp.resolve(".aws/sso/cache").toString());
  }
}
