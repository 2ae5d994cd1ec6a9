"""The writer for models that cite: numbered sentences in, sentences with their numbers out."""
