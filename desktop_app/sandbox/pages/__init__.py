"""Pages that a parent sees in a browser."""
