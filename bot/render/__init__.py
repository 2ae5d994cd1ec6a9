"""Answers as text, JSON, references, files and pages."""
