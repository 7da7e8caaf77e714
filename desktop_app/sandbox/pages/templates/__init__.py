"""Jinja templates of the pages; no code."""
