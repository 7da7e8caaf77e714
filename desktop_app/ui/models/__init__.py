"""Table models over frozen views: they hold rows and words, and never call the desk."""
