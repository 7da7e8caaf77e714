"""The settings page and dialog, and the first-run wizard."""
