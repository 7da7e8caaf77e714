"""Table models, views and the list page."""
