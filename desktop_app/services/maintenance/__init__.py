"""Backups, health checks, imports, exports, demo data."""
