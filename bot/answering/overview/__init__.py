"""Answers to broad requests: overviews, lists, comparisons, timelines."""
