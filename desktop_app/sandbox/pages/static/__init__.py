"""What the pages and merchants' sites load: style sheet and scripts; no code of Python's."""
