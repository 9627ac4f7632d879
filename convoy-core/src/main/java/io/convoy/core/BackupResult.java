package io.convoy.core;

/**
 * A backup that was made, and what it took.
 *
 * @param contentBytes the size of what the backup restores to
 * @param newBytes the bytes of content that the store did not have
 * @param storedBytes the bytes by which the store grew for them, compressed
 * @param newBlocks the blocks that were stored
 * @param reusedBlocks the blocks that the store had already
 */
public record BackupResult(
    Backup backup,
    long contentBytes,
    long newBytes,
    long storedBytes,
    long newBlocks,
    long reusedBlocks) {}
