"""The desk's memory: SQLite through SQLAlchemy, one writer, migrations, backups."""
