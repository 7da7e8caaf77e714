"""Jinja templates of the pages; no Python code."""
