package io.convoy.cli;

import com.beust.jcommander.converters.IParameterSplitter;
import java.util.List;

/** Leaves a flag's value in one piece, where JCommander would split it at commas. */
public final class Unsplit implements IParameterSplitter {
  /** Made by JCommander. */
  public Unsplit() {}

  @Override
  public List<String> split(String value) {
    return List.of(value);
  }
}
