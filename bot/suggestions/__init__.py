"""Questions that can be asked next."""
