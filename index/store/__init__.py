"""The ledger (SQLite, the one truth) and the two indexes that follow it: vectors (Chroma) and words (tantivy)."""
