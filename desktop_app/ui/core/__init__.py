"""What every screen stands on: jobs, translation, theme, notices, pages."""
