"""The fitted models beside the judge."""
