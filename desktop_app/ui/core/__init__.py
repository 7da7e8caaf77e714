"""Foundations of every screen: jobs, translation, theme, notices, pages."""
