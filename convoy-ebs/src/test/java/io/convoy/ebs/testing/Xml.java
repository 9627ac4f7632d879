package io.convoy.ebs.testing;

import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** An answer of EC2 that is being written. */
final class Xml {
  private final StringBuilder text = new StringBuilder();

  Xml put(String name, Object value) {
    text.append('<').append(name).append('>');
    escape(value.toString());
    text.append("</").append(name).append('>');
    return this;
  }

  private void escape(String value) {
    text.append(value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
  }

  Xml put(String name, Optional<?> value) {
    value.ifPresent(present -> put(name, present));
    return this;
  }

  /** Times have milliseconds, always. */
  Xml put(String name, Instant time) {
    return put(
        name,
        (Object)
            java.time.format.DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")
                .withZone(java.time.ZoneOffset.UTC)
                .format(time));
  }

  <T> Xml list(String name, Collection<T> items, Consumer<T> writer) {
    text.append('<').append(name).append('>');
    for (T item : items) {
      text.append("<item>");
      writer.accept(item);
      text.append("</item>");
    }
    text.append("</").append(name).append('>');
    return this;
  }

  /** Writes a structure. */
  Xml within(String name, Consumer<Xml> writer) {
    text.append('<').append(name).append('>');
    writer.accept(this);
    text.append("</").append(name).append('>');
    return this;
  }

  Xml tags(Map<String, String> tags) {
    if (!tags.isEmpty()) {
      list(
          "tagSet",
          new TreeMap<>(tags).entrySet(),
          tag -> put("key", tag.getKey()).put("value", tag.getValue()));
    }
    return this;
  }

  String answer(String action, String requestId) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%sResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>%s</requestId>%s</%sResponse>"
        .formatted(action, requestId, text, action);
  }

  static String error(ApiException e, String requestId) {
    Xml xml = new Xml();
    xml.put("Code", e.code()).put("Message", e.getMessage());
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error>%s</Error></Errors><RequestID>%s</RequestID></Response>"
        .formatted(xml.text, requestId);
  }
}
