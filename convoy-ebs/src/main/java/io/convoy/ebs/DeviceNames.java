package io.convoy.ebs;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The names that Amazon recommends for attachments. */
final class DeviceNames {
  static final List<String> ALL = all();

  private DeviceNames() {}

  private static List<String> all() {
    List<String> names = new ArrayList<>();
    for (char c = 'f'; c <= 'p'; c++) {
      names.add("/dev/sd" + c);
    }
    for (char first = 'b'; first <= 'd'; first++) {
      for (char second = 'a'; second <= 'z'; second++) {
        names.add("/dev/xvd" + first + second);
      }
    }
    return Collections.unmodifiableList(names);
  }
}
