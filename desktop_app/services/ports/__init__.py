"""Protocols that adapters implement, and the records they exchange."""
