package io.convoy.ebs.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Who signed a request, and for what: Amazon's signature, version 4. */
record Signature(
    String accessKey,
    String date,
    String region,
    String service,
    List<String> headers,
    String signature) {
  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          "AWS4-HMAC-SHA256 Credential=([^/]+)/([0-9]{8})/([^/]+)/([^/]+)/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})");

  private static ApiException wrong() {
    return new ApiException(
        401, "AuthFailure", "AWS was not able to validate the provided access credentials");
  }

  /** Reads the signature of a request. */
  static Signature of(HttpExchange exchange) {
    String header = exchange.getRequestHeaders().getFirst("Authorization");
    if (header == null) {
      throw ApiException.of("MissingAuthenticationToken", "Request is missing credentials");
    }
    Matcher matcher = AUTHORIZATION.matcher(header);
    if (!matcher.matches()) {
      throw wrong();
    }
    return new Signature(
        matcher.group(1),
        matcher.group(2),
        matcher.group(3),
        matcher.group(4),
        List.of(matcher.group(5).split(";", -1)),
        matcher.group(6));
  }

  /** Refuses the request unless it is signed with this key, for this service, as it came. */
  void check(HttpExchange exchange, byte[] body, String key, String secret, String wantedService) {
    try {
      if (!accessKey.equals(key)
          || !service.equals(wantedService)
          || !headers.contains("host")
          || !signature.equals(expected(exchange, body, secret))) {
        throw wrong();
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private String expected(HttpExchange exchange, byte[] body, String secret)
      throws GeneralSecurityException {
    StringBuilder request =
        new StringBuilder()
            .append(exchange.getRequestMethod())
            .append('\n')
            .append(exchange.getRequestURI().getRawPath())
            .append('\n')
            .append(query(exchange.getRequestURI().getRawQuery()))
            .append('\n');
    for (String name : headers) {
      List<String> values = exchange.getRequestHeaders().get(name);
      if (values == null) {
        throw wrong();
      }
      request
          .append(name.toLowerCase(Locale.ROOT))
          .append(':')
          .append(String.join(",", values).strip().replaceAll(" +", " "))
          .append('\n');
    }
    request.append('\n').append(String.join(";", headers)).append('\n').append(sha256(body));
    String scope = "%s/%s/%s/aws4_request".formatted(date, region, service);
    String text =
        "AWS4-HMAC-SHA256\n%s\n%s\n%s"
            .formatted(
                exchange.getRequestHeaders().getFirst("X-Amz-Date"),
                scope,
                sha256(request.toString().getBytes(UTF_8)));
    byte[] key = ("AWS4" + secret).getBytes(UTF_8);
    for (String part : new String[] {date, region, service, "aws4_request"}) {
      key = hmac(key, part);
    }
    return HexFormat.of().formatHex(hmac(key, text));
  }

  /** Parameters in order, each escaped as RFC 3986 has it. */
  private static String query(String raw) {
    if (raw == null || raw.isEmpty()) {
      return "";
    }
    List<String> pairs = new ArrayList<>();
    for (String pair : raw.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      pairs.add(escaped(name) + "=" + escaped(value));
    }
    pairs.sort(null);
    return String.join("&", pairs);
  }

  private static String escaped(String raw) {
    return URLEncoder.encode(URLDecoder.decode(raw, UTF_8), UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  private static String sha256(byte[] data) throws GeneralSecurityException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(UTF_8));
  }
}
