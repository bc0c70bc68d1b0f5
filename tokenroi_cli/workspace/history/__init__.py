"""What stands under the journal and undo: states, kept contents, logs, snapshots, merges."""
