"""Where articles give different values for one thing, and where they only seem to."""
