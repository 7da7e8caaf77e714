"""After a restore, and when the database is older than its audit anchor."""
