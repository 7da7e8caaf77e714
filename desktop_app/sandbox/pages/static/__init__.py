"""Style sheet and scripts that the pages and merchants' sites load; no Python code."""
