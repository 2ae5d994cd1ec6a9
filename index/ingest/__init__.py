"""Articles into the index: passages, near-copies, revisions, rebuilding."""
