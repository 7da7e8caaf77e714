"""Screenshots of every page, made by one command, for people to review."""
