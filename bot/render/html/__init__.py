"""HTML without scripts: text to safe markup, whole pages from templates, and the words on them in each language."""
