package io.convoy.cli;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** How a command is typed, for its help. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface Usage {
  /** What stands behind the command's name and flags, such as {@code <volume>}. */
  String arguments() default "";

  /** Whole command lines. */
  String[] examples();
}
