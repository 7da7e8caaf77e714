"""Translation files: `python -m tests.languages` brings them up to date with the source."""
