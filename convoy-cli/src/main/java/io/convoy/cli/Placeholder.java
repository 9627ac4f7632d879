package io.convoy.cli;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the value of a flag is, for help and completion: {@code size}, or {@code json|table}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
@interface Placeholder {
  String value();
}
