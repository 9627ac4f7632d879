package io.convoy.core;

import java.nio.file.Path;

/**
 * An empty directory to be filled with a tree.
 *
 * @param directory gets the owner, mode and times of the tree's root, too
 */
public record FileTreeTarget(Path directory) implements RestoreTarget {}
