package io.convoy.ebs.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The parameters of a call of EC2's query API. */
final class Query {
  private final Map<String, String> parameters = new TreeMap<>();

  static Query parse(String body) {
    Query query = new Query();
    for (String pair : body.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals <= 0) {
        throw ApiException.of("MalformedQueryString", "There is no name in '%s'", pair);
      }
      String name = URLDecoder.decode(pair.substring(0, equals), UTF_8);
      if (query.parameters.put(name, URLDecoder.decode(pair.substring(equals + 1), UTF_8))
          != null) {
        throw ApiException.of("InvalidParameter", "The parameter %s is given twice", name);
      }
    }
    return query;
  }

  /** Refuses what the action does not know; {@code #} in a name stands for a number. */
  void checkKnown(Set<String> names) {
    for (String name : parameters.keySet()) {
      boolean known =
          name.equals("Action")
              || name.equals("Version")
              || names.stream()
                  .map(form -> form.replace(".", "\\.").replace("#", "[1-9][0-9]*"))
                  .anyMatch(form -> Pattern.matches(form, name));
      if (!known) {
        throw ApiException.of("UnknownParameter", "The parameter %s is not recognized", name);
      }
    }
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  String required(String name) {
    return text(name)
        .filter(value -> !value.isEmpty())
        .orElseThrow(
            () ->
                ApiException.of(
                    "MissingParameter",
                    "The request must contain the parameter %s",
                    name.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + name.substring(1)));
  }

  Optional<Integer> number(String name) {
    return text(name)
        .map(
            value -> {
              try {
                return Integer.valueOf(value);
              } catch (NumberFormatException e) {
                throw ApiException.of(
                    "InvalidParameterValue",
                    "Value (%s) for parameter %s is invalid. Expected a number.",
                    value,
                    name);
              }
            });
  }

  boolean flag(String name) {
    String value = text(name).orElse("false");
    if (!value.equals("true") && !value.equals("false")) {
      throw ApiException.of(
          "InvalidParameterValue", "Value (%s) for parameter %s is invalid.", value, name);
    }
    return value.equals("true");
  }

  /** Returns {@code name.1}, {@code name.2}, …. */
  List<String> list(String name) {
    List<String> values = new ArrayList<>();
    for (int i = 1; parameters.containsKey(name + "." + i); i++) {
      values.add(parameters.get(name + "." + i));
    }
    return values;
  }

  /** Returns {@code name.1.Key} and {@code name.1.Value}, …. */
  Map<String, Optional<String>> tags(String name) {
    Map<String, Optional<String>> tags = new TreeMap<>();
    for (int i = 1; parameters.containsKey(name + "." + i + ".Key"); i++) {
      tags.put(parameters.get(name + "." + i + ".Key"), text(name + "." + i + ".Value"));
    }
    return tags;
  }

  /** Returns the tags that the thing to be made shall have. */
  Map<String, String> newTags(String resourceType) {
    Map<String, String> tags = new TreeMap<>();
    for (int i = 1; parameters.containsKey("TagSpecification." + i + ".ResourceType"); i++) {
      String type = parameters.get("TagSpecification." + i + ".ResourceType");
      if (!type.equals(resourceType)) {
        throw ApiException.of(
            "InvalidParameterValue",
            "'%s' is not a valid taggable resource type for this operation.",
            type);
      }
      tags("TagSpecification." + i + ".Tag")
          .forEach((key, value) -> tags.put(key, value.orElse("")));
    }
    return tags;
  }

  /** Returns the filters, each with its values. */
  Map<String, List<String>> filters() {
    Map<String, List<String>> filters = new TreeMap<>();
    for (int i = 1; parameters.containsKey("Filter." + i + ".Name"); i++) {
      filters.put(parameters.get("Filter." + i + ".Name"), list("Filter." + i + ".Value"));
    }
    return filters;
  }
}
