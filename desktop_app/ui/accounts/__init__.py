"""The account of a family, and what is decided there; opened from several pages."""
