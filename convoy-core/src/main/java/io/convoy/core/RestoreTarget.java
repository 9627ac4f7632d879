package io.convoy.core;

/** What a backup is restored to; fresh, and used by nobody else meanwhile. */
public sealed interface RestoreTarget permits BlockTarget, FileTreeTarget {}
