"""Text of any language: scripts, sentences, words, figures."""
